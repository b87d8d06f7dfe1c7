// SPDX-License-Identifier: GPL-2.0-only
#include "timeline/axis.h"

#include <math.h>
#include <stdlib.h>

void axis_to_scale(struct axis *a, uint64_t from_ns, uint64_t to_ns, double left, double right)
{
	a->n = 2;
	a->t_ns[0] = from_ns;
	a->t_ns[1] = to_ns > from_ns ? to_ns : from_ns + 1;
	a->x[0] = left;
	a->x[1] = right;
}

bool axis_add_stop(struct axis *a, uint64_t t_ns)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->t_ns[i] == t_ns)
			return true;
	if (a->n == AXIS_STOPS_MAX)
		return false;
	a->t_ns[a->n++] = t_ns;
	return true;
}

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static double weight(const struct axis *a, size_t step)
{
	return pow((double)(a->t_ns[step + 1] - a->t_ns[step]), 0.3);
}

void axis_stretch(struct axis *a, double least, double left, double right)
{
	double sum = 0, room;

	if (a->n == 1)
		axis_add_stop(a, a->t_ns[0] + 1);
	qsort(a->t_ns, a->n, sizeof(a->t_ns[0]), compare);
	for (size_t i = 0; i + 1 < a->n; i++)
		sum += weight(a, i);
	/* A quarter at least shows what is long and what is short. */
	if (least * (double)(a->n - 1) > (right - left) * 0.75)
		least = (right - left) * 0.75 / (double)(a->n - 1);
	room = right - left - least * (double)(a->n - 1);
	a->x[0] = left;
	for (size_t i = 0; i + 1 < a->n; i++)
		a->x[i + 1] = a->x[i] + least + room * weight(a, i) / sum;
}

double axis_x(const struct axis *a, uint64_t t_ns)
{
	size_t low = 0, high = a->n - 1;
	double share;

	if (t_ns <= a->t_ns[0])
		return a->x[0];
	if (t_ns >= a->t_ns[high])
		return a->x[high];
	while (high - low > 1) {
		const size_t middle = (low + high) / 2;

		if (a->t_ns[middle] <= t_ns)
			low = middle;
		else
			high = middle;
	}
	share = (double)(t_ns - a->t_ns[low]) / (double)(a->t_ns[high] - a->t_ns[low]);
	return a->x[low] + share * (a->x[high] - a->x[low]);
}

bool axis_covers(const struct axis *a, uint64_t t_ns)
{
	return t_ns >= a->t_ns[0] && t_ns <= a->t_ns[a->n - 1];
}
