/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files that weigh a report have in common: how they add to the sum, and how they look at
 * the stack.
 */
#ifndef RPMSG_GUARD_OOPS_EVIDENCE_H
#define RPMSG_GUARD_OOPS_EVIDENCE_H

#include "oops/classify.h"
#include "oops/functions.h"

/* Below a sender, whatever takes a virtio device down takes its. */
#define ANY_REMOVE (PLACE_TEARDOWN | PLACE_VIRTIO_REMOVE)

/* Adds evidence and its weight; the confidence is that of the sum so far. */
void oops_add_evidence(struct oops_assessment *a, int weight, unsigned long line, const char *quote,
		       const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void oops_add_frame(struct oops_assessment *a, int weight, const struct oops_frame *frame,
		    const char *text);

/* NULL, and no place, beyond the ends of the stack. */
const struct oops_frame *oops_frame_at(const struct oops_assessment *a, int i);
unsigned int oops_places_at(const struct oops_assessment *a, int i);

/* All places of the frames from @from up to, not including, @to. */
unsigned int oops_places_between(const struct oops_assessment *a, int from, int to);

#endif
