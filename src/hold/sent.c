// SPDX-License-Identifier: GPL-2.0-only
/* Reads in the flight recorder who sends while a hold waits for opens that are under way. */
#include "hold/sent.h"

#include <stdlib.h>

#include "system/files.h"

/*
 * The recorder takes only some of the sends that a closed gate refuses, and starts again with each look that has
 * found any. So many looks leave room in it for what led to the stop.
 */
#define LOOKS_MAX 4

static bool says_something(const struct hold *h)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		if (h->ttys[i].keepout.tty.chardev && !h->ttys[i].keepout.tty.owns_files)
			return false;
	return h->kside;
}

void sent_begin(struct sent *s, struct hold *h)
{
	*s = (struct sent){ .hold = h, .since_ns = clock_ns() };
	if (!says_something(h))
		return;
	s->mark = flight_mark_now(h->kside);
	kside_gate_note_again(h->kside, h->rp.index);
}

void sent_end(struct sent *s)
{
	free(s->mark);
}

bool sent_has(const struct sent *s, int tid)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->tids[i] == tid)
			return true;
	return false;
}

static void note(const struct flight_send *send, void *arg)
{
	struct sent *s = arg;

	s->any = true;
	if (send->tid && send->start_ns > s->since_ns && s->n < SENT_MAX && !sent_has(s, send->tid))
		s->tids[s->n++] = send->tid;
}

void sent_look(struct sent *s)
{
	if (!s->mark || s->looks == LOOKS_MAX)
		return;
	s->any = false;
	flight_read(s->hold->kside, s->mark, FLIGHT_ALMOST, note, s);
	if (s->any && ++s->looks < LOOKS_MAX)
		kside_gate_note_again(s->hold->kside, s->hold->rp.index);
}
