/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stop that a report may come from: whether the log has one at the right time, and how the
 * remote processor went down.
 */
#ifndef RPMSG_GUARD_OOPS_STOP_H
#define RPMSG_GUARD_OOPS_STOP_H

#include "oops/classify.h"

/* virtio_rpmsg_bus gives a sender that waits for a buffer 15 s; the stop can come any time within. */
#define TIMEOUT_FROM 14.0
#define TIMEOUT_TO 17.5

void oops_find_stop(struct oops_assessment *a);
void oops_weigh_stop(struct oops_assessment *a);

/* Whether the log covers the time before the oops and has no stop in it. */
void oops_weigh_no_stop(struct oops_assessment *a);

void oops_find_path(struct oops_assessment *a);

#endif
