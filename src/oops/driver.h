/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The driver on top of rpmsg. No log names it as such: modules of any name can be one, so it is
 * known by what it calls, by what rpmsg called in it, and by the devices that it speaks of.
 */
#ifndef RPMSG_GUARD_OOPS_DRIVER_H
#define RPMSG_GUARD_OOPS_DRIVER_H

#include "oops/classify.h"

bool oops_is_rpmsg_driver(const struct oops_parser *parser, const struct oops_report *r,
			  const struct oops_frame *frame);

/* The innermost frame of a driver on top of rpmsg, from @from on; -1 without one. */
int oops_driver_frame(const struct oops_parser *parser, const struct oops_assessment *a, int from);

/* Fills in driver and sender. */
void oops_name_driver(const struct oops_parser *parser, struct oops_assessment *a);

#endif
