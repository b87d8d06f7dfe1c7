/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an oops is that is not this race, for whoever would look for the mistake in the wrong place
 * otherwise.
 */
#ifndef RPMSG_GUARD_OOPS_CAUSE_H
#define RPMSG_GUARD_OOPS_CAUSE_H

#include "oops/classify.h"

enum oops_cause oops_find_cause(const struct oops_assessment *a);

/* Adds what is missing for the race. */
void oops_explain_other(struct oops_assessment *a);

#endif
