// SPDX-License-Identifier: GPL-2.0-only
/* Collects the cycles of a run, and says what they amount to. */
#include "validate/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct cycle *validate_run_add(struct validate_run *run)
{
	struct cycle *cycle;

	if (run->n_cycles == run->room) {
		const size_t room = run->room ? run->room * 2 : 64;
		struct cycle *more = reallocarray(run->cycles, room, sizeof(*more));

		if (!more)
			return NULL;
		run->cycles = more;
		run->room = room;
	}
	cycle = &run->cycles[run->n_cycles++];
	memset(cycle, 0, sizeof(*cycle));
	return cycle;
}

void validate_run_free(struct validate_run *run)
{
	free(run->cycles);
	memset(run, 0, sizeof(*run));
}

bool cycle_is_unsafe(const struct cycle *cycle)
{
	return cycle->overlaps || cycle->stale || cycle->oops;
}

static void add_finished(struct tally *tally, const struct cycle *cycle)
{
	tally->cycles++;
	tally->unsafe += cycle_is_unsafe(cycle);
	tally->sends += cycle->sends;
	tally->overlaps += cycle->overlaps;
	tally->stale += cycle->stale;
	tally->oopses += cycle->oops;
	tally->lost += cycle->lost;
	if (cycle->stop_ms > tally->slowest_ms)
		tally->slowest_ms = cycle->stop_ms;
}

/*
 * A run that has no end was cut off in its last cycle, or right after it: what a stop has left in
 * the kernel may strike later, so a death there is booked on that cycle all the same.
 */
static void add_cut_off(struct tally *tally, const struct validate_run *run, const char *boot_id)
{
	const struct cycle *last = run->n_cycles ? &run->cycles[run->n_cycles - 1] : NULL;

	if (!last)
		return;
	if (strcmp(run->boot_id, boot_id) == 0) {
		tally->cut_in = (unsigned int)run->n_cycles;
		return;
	}
	tally->died_in = (unsigned int)run->n_cycles;
	if (!last->finished)
		tally->cycles++;
	if (!last->finished || !cycle_is_unsafe(last))
		tally->unsafe++;
}

#define ERROR_95 0.05

/* Halvings of the interval from 0 to 1: beyond these a double does not change any more. */
#define HALVINGS 60

/* lgamma() leaves a sign in a global variable. */
static double log_factorial(unsigned int n)
{
	int sign;

	return lgamma_r((double)n + 1, &sign);
}

/* Probability of at most @k out of @n, each with probability @p, which is neither 0 nor 1. */
static double at_most(unsigned int k, unsigned int n, double p)
{
	const double log_p = log(p), log_q = log1p(-p), log_n = log_factorial(n);
	double sum = 0;

	for (unsigned int i = 0; i <= k; i++)
		sum += exp(log_n - log_factorial(i) - log_factorial(n - i) + i * log_p +
			   (n - i) * log_q);
	return sum;
}

/* The p at which at_most(@k, @n, p), which falls with p, is @target. */
static double solve(unsigned int k, unsigned int n, double target)
{
	double low = 0, high = 1;

	for (int i = 0; i < HALVINGS; i++) {
		const double middle = (low + high) / 2;

		if (at_most(k, n, middle) > target)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

struct rate_bounds rate_bounds_95(unsigned int seen, unsigned int cycles)
{
	const bool one_sided = seen == 0 || seen >= cycles;
	const double error = one_sided ? ERROR_95 : ERROR_95 / 2;
	struct rate_bounds bounds = { .lower = 0, .upper = 1 };

	if (cycles == 0)
		return bounds;
	if (seen < cycles)
		bounds.upper = solve(seen, cycles, error);
	if (seen > 0)
		bounds.lower = solve((seen < cycles ? seen : cycles) - 1, cycles, 1 - error);
	return bounds;
}

struct tally validate_tally(const struct validate_run *run, const char *boot_id)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < run->n_cycles; i++)
		if (run->cycles[i].finished)
			add_finished(&tally, &run->cycles[i]);
	if (!run->ended)
		add_cut_off(&tally, run, boot_id);
	tally.rate = rate_bounds_95(tally.unsafe, tally.cycles);
	/* An overlap that was not seen is one that the kernel side had no room for. */
	if (tally.unsafe)
		tally.verdict = VERDICT_VULNERABLE;
	else if (tally.cycles && run->ended && !run->reason[0] && !tally.lost)
		tally.verdict = VERDICT_CLEAN;
	else
		tally.verdict = VERDICT_FAILED;
	return tally;
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_CLEAN] = "clean",
		[VERDICT_VULNERABLE] = "vulnerable",
		[VERDICT_FAILED] = "failed",
	};

	return names[verdict];
}
