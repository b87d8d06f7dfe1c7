/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of the race's variants it is. The log never says: what tells is where the sender failed,
 * and how long after the stop.
 */
#ifndef RPMSG_GUARD_OOPS_VARIANT_H
#define RPMSG_GUARD_OOPS_VARIANT_H

#include "oops/classify.h"

enum oops_variant oops_find_variant(const struct oops_assessment *a);

/* Adds a remark where the variant is only the likeliest. */
void oops_doubt_variant(struct oops_assessment *a);

#endif
