// SPDX-License-Identifier: GPL-2.0-only
/* Pairs the events of an episode that say that a program has a device open, and that it has closed it. */
#include "timeline/keepers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A service names 64 programs and 64 devices at most. */
#define KEEPERS_MAX 4096

static void close_device(struct keepers *k, const struct recorded_event *e)
{
	for (size_t i = 0; i < k->n; i++) {
		struct keeper *keeper = &k->list[i];

		if (keeper->closed || keeper->task.pid != e->task.pid ||
		    strcmp(keeper->device, e->device) != 0)
			continue;
		keeper->closed = true;
		keeper->to_ns = e->t_ns;
		return;
	}
}

static int compare(const void *a, const void *b)
{
	const struct keeper *x = a, *y = b;
	const uint64_t for_x = x->to_ns - x->from_ns, for_y = y->to_ns - y->from_ns;

	if (x->closed != y->closed)
		return x->closed ? 1 : -1;
	if (for_x != for_y)
		return for_x > for_y ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

bool keeper_is_repeated(const struct keepers *k, size_t i)
{
	for (size_t before = 0; before < i; before++)
		if (k->list[before].task.pid == k->list[i].task.pid)
			return true;
	return false;
}

int keepers_collect(struct keepers *k, const struct recording *r, uint64_t end_ns)
{
	*k = (struct keepers){ .list = calloc(r->n_events + 1, sizeof(*k->list)) };
	if (!k->list)
		return -ENOMEM;
	for (size_t i = 0; i < r->n_events; i++) {
		const struct recorded_event *e = &r->events[i];

		if (e->kind == TL_NOW_CLOSED)
			close_device(k, e);
		if (e->kind != TL_STILL_OPEN || k->n == KEEPERS_MAX)
			continue;
		k->list[k->n] = (struct keeper){ .task = e->task,
						 .device = e->device,
						 .from_ns = e->t_ns,
						 .to_ns = end_ns > e->t_ns ? end_ns : e->t_ns,
						 .place = k->n };
		k->n++;
	}
	qsort(k->list, k->n, sizeof(*k->list), compare);
	for (size_t i = 0; i < k->n && !k->list[i].closed; i++) {
		k->n_open++;
		k->n_programs += !keeper_is_repeated(k, i);
	}
	return 0;
}

void keepers_free(struct keepers *k)
{
	free(k->list);
	*k = (struct keepers){ 0 };
}
