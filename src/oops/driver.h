/* SPDX-License-Identifier: GPL-2.0-only */
/* The driver on top of rpmsg: which frames of a stack are its own, and what its name is. */
#ifndef RPMSG_GUARD_OOPS_DRIVER_H
#define RPMSG_GUARD_OOPS_DRIVER_H

#include "oops/evidence.h"

/* Whether @frame is in a driver on top of rpmsg. */
bool oops_is_driver(const struct oops_assessment *a, const struct oops_frame *frame);

/* Whether @frame is in a module that is not one of rpmsg and virtio themselves. */
bool oops_is_other_module(const struct oops_frame *frame);

/* The innermost frame, from @from on, of a driver on top of rpmsg; -1 when there is none. */
int oops_driver_frame(const struct oops_assessment *a, int from);

/* Sets driver and sender: the caller of rpmsg, or what the tty core called in place of it. */
void oops_name_driver(struct oops_assessment *a);

#endif
