/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that was touched. What a stop has freed fails in ways of its own, which tell of the
 * stop even where the log does not.
 */
#ifndef RPMSG_GUARD_OOPS_MEMORY_H
#define RPMSG_GUARD_OOPS_MEMORY_H

#include "oops/classify.h"

void oops_weigh_freed(struct oops_assessment *a);
void oops_weigh_address(struct oops_assessment *a);

/* The endpoint that was sent through is none any more. */
bool oops_endpoint_was_cleared(const struct oops_assessment *a);

#endif
