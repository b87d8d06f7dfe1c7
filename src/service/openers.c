// SPDX-License-Identifier: GPL-2.0-only
#include "service/openers.h"

#include <stdio.h>
#include <string.h>

#include "log/log.h"
#include "service/unbind.h"
#include "system/files.h"
#include "system/task.h"

bool openers_answer(struct slot *s, const struct opener *o, bool allow)
{
	if (!o->ticket) {
		if (!watch_answer(s->watch, o->answer, allow) || !allow)
			return false;
		s->open_descriptors++;
	} else if (!allow) {
		o->ticket->refused = true;
		snprintf(o->ticket->reason, sizeof(o->ticket->reason), "%s: %.200s", s->rp.name,
			 s->hold.reason);
		return false;
	}
	return task_alive(o->tid);
}

void openers_answer_all(struct slot *s, bool allow)
{
	size_t n = 0;

	s->open_descriptors = 0;
	for (size_t i = 0; i < s->n_openers; i++)
		if (openers_answer(s, &s->openers[i], allow))
			s->openers[n++] = s->openers[i];
	s->n_openers = n;
}

void openers_queue(struct slot *s, struct opener *list, size_t *n, const struct opener *o)
{
	/* Together, so that whoever is held has a place in the queue afterwards. */
	if (s->n_openers + s->n_queued < OPENERS_MAX) {
		list[(*n)++] = *o;
		return;
	}
	log_warning("%s: too many openers at once; one refused", s->rp.name);
	openers_answer(s, o, false);
}

/*
 * Lets the first opener go; the others wait until its write is over. Two "stop" at once make the power
 * count of kernels before 5.18 negative (the state is looked at outside the lock), a "start" that
 * overtakes the "stop" it came after makes it two on later ones, and neither remote processor stops
 * any more when it is told to.
 */
void openers_release_first(struct slot *s)
{
	while (s->n_openers > 1 && s->n_queued < OPENERS_MAX) {
		memmove(&s->queued[1], &s->queued[0], s->n_queued++ * sizeof(s->queued[0]));
		s->queued[0] = s->openers[--s->n_openers];
	}
	s->released_ms = clock_ms();
	openers_answer_all(s, true);
}

bool openers_held_open(const struct slot *s)
{
	for (size_t i = 0; i < s->n_openers; i++)
		if (watch_held_open(s->watch, s->openers[i].target, s->openers[i].tid))
			return true;
	return false;
}

static bool is_writing(const struct slot *s, const struct opener *o)
{
	return task_is_writing(o->tid) && watch_held_open(s->watch, o->target, o->tid);
}

bool openers_all_want_a_stop(const struct slot *s)
{
	for (size_t i = 0; i < s->n_openers; i++)
		if (s->openers[i].file != WATCH_STATE)
			return false;
	return true;
}

bool openers_are_writing(const struct slot *s)
{
	for (size_t i = 0; i < s->n_openers; i++)
		if (is_writing(s, &s->openers[i]))
			return true;
	return false;
}

bool openers_want_recovery(const struct slot *s)
{
	for (size_t i = 0; i < s->n_openers; i++)
		if (s->openers[i].file == WATCH_RECOVERY)
			return true;
	return false;
}

bool openers_wait_for_others(const struct slot *s)
{
	for (size_t i = 0; i < s->n_openers; i++)
		if (s->openers[i].ticket && !s->openers[i].ticket->let_go)
			return true;
	return false;
}

bool openers_was_let_go(const struct slot *s, const struct opener *o)
{
	return (s->phase == SLOT_RELEASED || s->phase == SLOT_STARTING) && s->n_openers &&
	       s->openers[0].tid == o->tid && s->openers[0].file == o->file;
}

bool openers_have_open(const struct slot *s, int target)
{
	for (size_t i = 0; i < s->n_openers; i++)
		if (s->openers[i].target == target)
			return true;
	return false;
}

void openers_drop_ticket(struct opener *list, size_t *n, const struct ticket *ticket)
{
	size_t left = 0;

	for (size_t i = 0; i < *n; i++)
		if (list[i].ticket != ticket)
			list[left++] = list[i];
	*n = left;
}
