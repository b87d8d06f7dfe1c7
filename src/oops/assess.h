/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Weighs what a report says for and against the rpmsg shutdown race: whose stack it is, whether
 * there was a stop, which driver and which variant it is.
 */
#ifndef RPMSG_GUARD_OOPS_ASSESS_H
#define RPMSG_GUARD_OOPS_ASSESS_H

#include "oops/evidence.h"

/* The log must live as long as the assessment. */
void oops_assess(const struct oops_log *log, const struct oops_report *report,
		 struct oops_assessment *a);

#endif
