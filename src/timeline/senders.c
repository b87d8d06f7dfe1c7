// SPDX-License-Identifier: GPL-2.0-only
/* Sorts what was done in an episode by task, and sums it up. */
#include "timeline/senders.h"

#include <errno.h>
#include <stdlib.h>

#define NO_SEND SIZE_MAX

/* Something that a task did: a send, or an unsafe overlap that was reported of it. */
struct deed {
	const struct recorded_task *task;
	size_t send;   /* NO_SEND: an event */
	size_t sender; /* place in the list, in the order of the tasks' numbers */
};

struct teardown teardown_of(const struct recording *r)
{
	struct teardown t = { .senders = -1 };

	for (size_t i = 0; i < r->n_events; i++) {
		const struct recorded_event *e = &r->events[i];

		if (e->kind == TL_DRAINED && !t.seen) {
			t.drained = true;
			t.drained_ns = e->t_ns;
		}
		if (e->kind != TL_VIRTQUEUE_DELETED && e->kind != TL_RESOURCES_FREED)
			continue;
		if (!t.seen)
			t.first_ns = e->t_ns;
		t.seen = true;
		t.last_ns = e->t_ns;
		if (e->senders > t.senders)
			t.senders = e->senders;
	}
	return t;
}

bool send_is_open(const struct teardown *t, const struct recorded_send *send)
{
	return !send->ended && !(t->drained && send->start_ns <= t->drained_ns);
}

bool send_overlaps(const struct recording *r, const struct teardown *t,
		   const struct recorded_send *send)
{
	if (!t->seen || send->start_ns > t->last_ns || send->result == TL_REFUSED ||
	    send->result == TL_DROPPED)
		return false;
	if (send->ended)
		return send->end_ns > t->first_ns;
	return send_is_open(t, send) && (!r->ended || t->senders > 0);
}

static int compare_tasks(const struct recorded_task *a, const struct recorded_task *b)
{
	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	return a->tid < b->tid ? -1 : a->tid > b->tid;
}

static int compare_deeds(const void *a, const void *b)
{
	const struct deed *x = a, *y = b;
	const int order = compare_tasks(x->task, y->task);

	return order ? order : x->send < y->send ? -1 : x->send > y->send;
}

static int compare_senders(const void *a, const void *b)
{
	const struct sender *x = a, *y = b;

	if (x->overlaps != y->overlaps)
		return x->overlaps > y->overlaps ? -1 : 1;
	if (x->sends != y->sends)
		return x->sends > y->sends ? -1 : 1;
	return compare_tasks(&x->task, &y->task);
}

static size_t list_deeds(struct deed *deeds, const struct recording *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_sends; i++)
		deeds[n++] = (struct deed){ .task = &r->sends[i].task, .send = i };
	for (size_t i = 0; i < r->n_events; i++)
		if (r->events[i].kind == TL_UNSAFE_OVERLAP)
			deeds[n++] = (struct deed){ .task = &r->events[i].task, .send = NO_SEND };
	qsort(deeds, n, sizeof(*deeds), compare_deeds);
	return n;
}

static void add_send(struct sender *s, const struct recorded_send *send, const struct teardown *t,
		     bool overlaps)
{
	const uint64_t lasted = send->ended ? send->end_ns - send->start_ns : 0;

	if (s->sends == 0)
		s->first_ns = send->start_ns;
	s->sends++;
	s->refused += send->result == TL_REFUSED;
	s->dropped += send->result == TL_DROPPED;
	s->ejected += send->result == TL_LEFT;
	s->overlaps += overlaps;
	s->inside = send_is_open(t, send);
	s->last_ns = send->start_ns;
	s->channel = send->channel;
	s->task.comm = send->task.comm;
	if (lasted > s->longest_ns)
		s->longest_ns = lasted;
}

/* The list in the order of the tasks' numbers, from the sorted deeds. */
static void fill(struct senders *s, struct deed *deeds, size_t n, const struct recording *r)
{
	const struct teardown t = teardown_of(r);
	struct sender *sender = NULL;
	size_t told = 0;

	for (size_t i = 0; i < n; i++) {
		struct deed *d = &deeds[i];

		if (!sender || compare_tasks(&sender->task, d->task) != 0) {
			sender = &s->list[s->n++];
			*sender = (struct sender){ .task = *d->task,
						   .channel = "",
						   .number = s->n - 1 };
			told = 0;
		}
		d->sender = s->n - 1;
		/* The event and the send that it is about are one overlap. */
		if (d->send == NO_SEND)
			sender->overlaps += ++told > sender->overlaps;
		else
			add_send(sender, &r->sends[d->send], &t,
				 send_overlaps(r, &t, &r->sends[d->send]));
	}
}

/* Brings the list into its final order, and finds the place of each send in that. */
static int rank(struct senders *s, const struct deed *deeds, size_t n)
{
	size_t *places = calloc(s->n + 1, sizeof(*places));

	if (!places)
		return -ENOMEM;
	qsort(s->list, s->n, sizeof(*s->list), compare_senders);
	for (size_t i = 0; i < s->n; i++)
		places[s->list[i].number] = i;
	for (size_t i = 0; i < n; i++)
		if (deeds[i].send != NO_SEND)
			s->of_send[deeds[i].send] = places[deeds[i].sender];
	free(places);
	return 0;
}

int senders_collect(struct senders *s, const struct recording *r)
{
	const size_t most = r->n_sends + r->n_events + 1;
	struct deed *deeds = calloc(most, sizeof(*deeds));
	int err = -ENOMEM;
	size_t n;

	*s = (struct senders){ .list = calloc(most, sizeof(*s->list)),
			       .of_send = calloc(r->n_sends + 1, sizeof(*s->of_send)) };
	if (deeds && s->list && s->of_send) {
		n = list_deeds(deeds, r);
		fill(s, deeds, n, r);
		err = rank(s, deeds, n);
	}
	free(deeds);
	return err;
}

void senders_free(struct senders *s)
{
	free(s->list);
	free(s->of_send);
	*s = (struct senders){ 0 };
}
