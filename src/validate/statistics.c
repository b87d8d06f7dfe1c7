// SPDX-License-Identifier: GPL-2.0-only
#include "validate/statistics.h"

#include <math.h>
#include <stdbool.h>

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
