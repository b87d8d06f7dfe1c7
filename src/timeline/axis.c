// SPDX-License-Identifier: GPL-2.0-only
/* Lays out the axis of a drawing. */
#include "timeline/axis.h"

#include <math.h>
#include <stdlib.h>

/* Between two stops. */
#define LEAST 4.0
#define LABEL_WIDTH (58 * AXIS_PIXEL)
#define ROUND_LABEL_WIDTH (80 * AXIS_PIXEL)
#define RANKS 3

/* What is looked for first when there are more moments than room. */
static int rank(enum timeline_event kind)
{
	switch (kind) {
	case TL_REQUESTED:
	case TL_GATE_CLOSED:
	case TL_HUNG_UP:
	case TL_DRAINED:
	case TL_RELEASED:
	case TL_SHUTDOWN:
	case TL_VIRTQUEUE_DELETED:
	case TL_UNSAFE_OVERLAP:
	case TL_CRASH:
		return 0;
	case TL_EVENTS:
	case TL_NOTE:
	case TL_ENDPOINT_CREATED:
	case TL_ENDPOINT_DESTROYED:
		return 2;
	default:
		return 1;
	}
}

void axis_to_scale(struct axis *a, const struct numbers *n)
{
	a->n = 0;
	axis_add_stop(a, n->first_ns);
	axis_add_stop(a, n->last_ns);
	axis_stretch(a, 0, AXIS_LEFT, AXIS_RIGHT);
}

/* A little of what was before, so that senders are seen to be sending. */
static uint64_t begin_of(const struct recording *r, const struct numbers *n)
{
	uint64_t begin = r->n_events > 0 ? r->events[0].t_ns : n->zero_ns, before;

	if (begin > n->zero_ns || n->zero_ns - begin > 1000000000)
		begin = n->zero_ns;
	before = (n->last_ns - begin) / 20;
	before = before < 100000 ? 100000 : before > 5000000 ? 5000000 : before;
	return begin > before ? begin - before : 0;
}

void axis_of_events(struct axis *a, const struct recording *r, const struct numbers *n, size_t max)
{
	const uint64_t begin = begin_of(r, n);
	size_t stops = 0;

	a->n = 0;
	axis_add_stop(a, begin);
	axis_add_stop(a, n->last_ns > begin ? n->last_ns : begin + 1);
	for (int wanted = 0; wanted < RANKS; wanted++)
		for (size_t i = 0; i < r->n_events && stops < max; i++) {
			if (rank(r->events[i].kind) != wanted || r->events[i].t_ns < begin)
				continue;
			axis_add_stop(a, r->events[i].t_ns);
			stops++;
		}
	axis_stretch(a, LEAST, AXIS_LEFT, AXIS_RIGHT);
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

/* -1 near the left end, 1 near the right one: a label with its middle at @x would stick out. */
static int edge(double x)
{
	return (x > AXIS_RIGHT - LABEL_WIDTH / 2) - (x < AXIS_LEFT + LABEL_WIDTH / 2);
}

const char *axis_anchor(double x)
{
	static const char *const anchors[] = { "start", "middle", "end" };

	return anchors[edge(x) + 1];
}

static bool has_room(const double *taken, size_t n, double x)
{
	for (size_t i = 0; i < n; i++)
		if (x < taken[i] + LABEL_WIDTH && x > taken[i] - LABEL_WIDTH)
			return false;
	return true;
}

size_t axis_event_ticks(const struct axis *a, const struct recording *r,
			uint64_t ticks[AXIS_TICKS_MAX])
{
	double taken[AXIS_TICKS_MAX];
	size_t n = 0;

	for (int wanted = 0; wanted < RANKS; wanted++)
		for (size_t i = 0; i < r->n_events && n < AXIS_TICKS_MAX; i++) {
			const struct recorded_event *e = &r->events[i];

			taken[n] = axis_x(a, e->t_ns);
			taken[n] -= edge(taken[n]) * LABEL_WIDTH / 2;
			if (rank(e->kind) == wanted && axis_covers(a, e->t_ns) &&
			    has_room(taken, n, taken[n]))
				ticks[n++] = e->t_ns;
		}
	return n;
}

/* The smallest of 1, 2, 5 times a power of ten that leaves room for the labels. */
static uint64_t tick_step(uint64_t range)
{
	const double most = (AXIS_RIGHT - AXIS_LEFT) / ROUND_LABEL_WIDTH;
	static const uint64_t factors[] = { 1, 2, 5 };

	for (uint64_t power = 1;; power *= 10)
		for (size_t i = 0; i < 3; i++)
			if ((double)range / (double)(power * factors[i]) <= most)
				return power * factors[i];
}

size_t axis_round_ticks(const struct axis *a, const struct numbers *n,
			uint64_t ticks[AXIS_TICKS_MAX])
{
	const uint64_t first = a->t_ns[0], last = a->t_ns[a->n - 1], step = tick_step(last - first);
	size_t used = 0;

	for (uint64_t t = n->zero_ns - (n->zero_ns - first) / step * step;
	     t <= last && used < AXIS_TICKS_MAX; t += step)
		ticks[used++] = t;
	return used;
}
