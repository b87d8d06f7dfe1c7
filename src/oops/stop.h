/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stop that a report may come from: whether the log has one at the right time, whether the
 * memory that was touched tells of a stop where the log does not, and how the remote processor went
 * down.
 */
#ifndef RPMSG_GUARD_OOPS_STOP_H
#define RPMSG_GUARD_OOPS_STOP_H

#include "oops/evidence.h"

/* virtio_rpmsg_bus gives a sender that waits for a buffer 15 s; the stop can come any time within. */
static inline bool oops_is_send_timeout(const struct oops_assessment *a)
{
	return a->has_since_stop && a->since_stop >= 14.0 && a->since_stop <= 17.5;
}

/* Sets the stop and the time since then. */
void oops_find_stop(struct oops_assessment *a);

/* Weighs all that speaks for a stop or against it. */
void oops_weigh_stop(struct oops_assessment *a);

/* Sets what a stop has left behind, when the report comes soon after it. */
void oops_find_leftover(struct oops_assessment *a);

/* Sets the path. */
void oops_find_path(struct oops_assessment *a);

#endif
