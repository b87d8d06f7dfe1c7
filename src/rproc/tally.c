// SPDX-License-Identifier: GPL-2.0-only
/* Counts a hold in each of the bounds that it keeps. */
#include "rproc/tally.h"

const unsigned int tally_bounds_ms[TALLY_BOUNDS] = {
	10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 20000, 30000, 60000,
};

void tally_add(struct tally *t, enum rproc_result result, uint64_t held_ms)
{
	t->results[result]++;
	t->held_ms += held_ms;
	for (size_t i = 0; i < TALLY_BOUNDS; i++)
		t->within[i] += held_ms <= tally_bounds_ms[i];
}

uint64_t tally_count(const struct tally *t)
{
	uint64_t n = 0;

	for (size_t i = 0; i < N_RESULTS; i++)
		n += t->results[i];
	return n;
}
