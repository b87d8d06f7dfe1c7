/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The holds of one remote processor in numbers: what became of them, and how long they took.
 */
#ifndef RPMSG_GUARD_RPROC_TALLY_H
#define RPMSG_GUARD_RPROC_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "rproc/result.h"

#define TALLY_BOUNDS 13

/* In milliseconds, rising; around hold_timeout (20 s) and close_timeout (5 s) as well. */
extern const unsigned int tally_bounds_ms[TALLY_BOUNDS];

struct tally {
	uint64_t results[N_RESULTS];
	uint64_t held_ms;	       /* of all */
	uint64_t within[TALLY_BOUNDS]; /* took as long as this bound, or less */
};

void tally_add(struct tally *t, enum rproc_result result, uint64_t held_ms);

/* All of them. */
uint64_t tally_count(const struct tally *t);

#endif
