// SPDX-License-Identifier: GPL-2.0-only
/* Finds the moments of an episode that have a name in its drawing. */
#include "timeline/phases.h"

#include <stdlib.h>
#include <string.h>

static void add(struct phases *p, const char *name, uint64_t t_ns, size_t event, bool bad)
{
	if (p->n < PHASES_MAX)
		p->list[p->n++] = (struct phase){ name, t_ns, event, bad };
}

/* The last event of that kind up to @until_ns: a hold that meets a new channel does its steps again. */
static size_t find_last(const struct recording *r, enum timeline_event kind, uint64_t until_ns)
{
	size_t found = NO_EVENT;

	for (size_t i = 0; i < r->n_events && r->events[i].t_ns <= until_ns; i++)
		if (r->events[i].kind == kind)
			found = i;
	return found;
}

static size_t find_first(const struct recording *r, enum timeline_event kind)
{
	for (size_t i = 0; i < r->n_events; i++)
		if (r->events[i].kind == kind)
			return i;
	return NO_EVENT;
}

static void add_event(struct phases *p, const struct recording *r, const char *name, size_t event)
{
	if (event != NO_EVENT)
		add(p, name, r->events[event].t_ns, event, false);
}

/* More than one device was hung up. */
static bool hangs_up_several(const struct recording *r)
{
	const size_t first = find_first(r, TL_HUNG_UP);

	for (size_t i = first; i != NO_EVENT && i < r->n_events; i++)
		if (r->events[i].kind == TL_HUNG_UP &&
		    strcmp(r->events[i].device, r->events[first].device) != 0)
			return true;
	return false;
}

static void add_steps(struct phases *p, const struct recording *r, const struct numbers *n)
{
	const uint64_t until = n->released.seen	  ? n->released.t_ns
			       : n->teardown.seen ? n->teardown.first_ns
						  : n->last_ns;

	/* A refused send shows that the gate was closed before the service noted it. */
	if (n->gate_closed.seen)
		add(p, "gate closed", n->gate_closed.t_ns, find_first(r, TL_GATE_CLOSED), false);
	add_event(p, r, hangs_up_several(r) ? "ttys hung up" : "tty hung up",
		  find_last(r, TL_HUNG_UP, until));
	add_event(p, r, "drained", find_last(r, TL_DRAINED, until));
	add_event(p, r, "released", find_first(r, TL_RELEASED));
}

static void add_teardown(struct phases *p, const struct recording *r, const struct numbers *n)
{
	const size_t freed = find_first(r, TL_RESOURCES_FREED);
	const size_t created = find_first(r, TL_VIRTQUEUE_CREATED);

	if (n->teardown.seen)
		add(p, freed == NO_EVENT ? "teardown" : "torn down", n->teardown.last_ns,
		    freed == NO_EVENT ? find_first(r, TL_VIRTQUEUE_DELETED) : freed, false);
	if (!n->teardown.seen || created == NO_EVENT ||
	    r->events[created].t_ns < n->teardown.last_ns)
		return;
	p->up_ns = r->events[created].t_ns;
	add_event(p, r, "up again", created);
}

static const char *end_name(const struct recording *r)
{
	switch (r->end.kind) {
	case TL_RESULT_REFUSED:
		return "refused";
	case TL_RESULT_GIVEN_UP:
		return "given up";
	case TL_RESULT_FAILED:
		return "failed";
	case TL_RESULT_NOT_CARRIED_OUT:
		return "not done";
	case TL_RESULT_RECOVERED:
	case TL_RESULT_RECOVERED_UNSAFELY:
		return "recovered";
	case TL_RESULT_UNBOUND:
	case TL_RESULT_UNBOUND_UNSAFELY:
		return "unbound";
	case TL_RESULT_STOPPED:
	case TL_RESULT_STOPPED_UNSAFELY:
		return "stopped";
	default:
		return "end";
	}
}

static void add_end(struct phases *p, const struct recording *r, const struct findings *f)
{
	const bool stays_up = f->outcome == OUTCOME_REFUSED || f->outcome == OUTCOME_FAILED ||
			      f->outcome == OUTCOME_NOT_DONE;

	if (!r->ended)
		add(p, r->going_on ? "now" : "record ends", f->numbers.last_ns, NO_EVENT,
		    !r->going_on);
	else if (stays_up || !f->numbers.teardown.seen)
		add(p, end_name(r), r->end.t_ns, NO_EVENT, stays_up);
}

static int compare(const void *a, const void *b)
{
	const struct phase *x = a, *y = b;

	return x->t_ns < y->t_ns ? -1 : x->t_ns > y->t_ns;
}

void phases_of(struct phases *p, const struct recording *r, const struct findings *f)
{
	*p = (struct phases){ .n = 0 };
	add_steps(p, r, &f->numbers);
	add_teardown(p, r, &f->numbers);
	add_end(p, r, f);
	qsort(p->list, p->n, sizeof(p->list[0]), compare);
}

bool event_is_small(const struct phases *p, const struct recording *r, size_t i)
{
	switch (r->events[i].kind) {
	case TL_REQUESTED:
	case TL_HELD:
	case TL_STILL_OPEN:
	case TL_NOW_CLOSED:
		return false;
	default:
		break;
	}
	for (size_t k = 0; k < p->n; k++)
		if (p->list[k].event == i)
			return false;
	return true;
}
