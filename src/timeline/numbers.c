// SPDX-License-Identifier: GPL-2.0-only
/* Counts and measures an episode. */
#include "timeline/numbers.h"

#include <stdio.h>

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* The first of its kind. */
static struct moment moment_of(const struct recording *r, enum timeline_event kind)
{
	for (size_t i = 0; i < r->n_events; i++)
		if (r->events[i].kind == kind)
			return (struct moment){ true, r->events[i].t_ns };
	return (struct moment){ false, 0 };
}

static uint64_t count_events(const struct recording *r, enum timeline_event kind)
{
	uint64_t n = 0;

	for (size_t i = 0; i < r->n_events; i++)
		n += r->events[i].kind == kind;
	return n;
}

static uint64_t find_zero(const struct recording *r)
{
	const struct moment requested = moment_of(r, TL_REQUESTED);
	const struct moment shutdown = moment_of(r, TL_SHUTDOWN);

	if (requested.seen)
		return requested.t_ns;
	/* One that nobody announced began before the service could know of it. */
	if (shutdown.seen)
		return shutdown.t_ns;
	if (r->has_started_ns)
		return r->started_ns;
	if (r->n_events > 0)
		return r->events[0].t_ns;
	return r->n_sends > 0 ? r->sends[0].start_ns : r->end.t_ns;
}

static void find_extent(struct numbers *n, const struct recording *r)
{
	n->first_ns = n->last_ns = n->zero_ns;
	if (r->n_events > 0) {
		n->last_ns = larger(n->last_ns, r->events[r->n_events - 1].t_ns);
		if (r->events[0].t_ns < n->first_ns)
			n->first_ns = r->events[0].t_ns;
	}
	if (r->n_sends > 0 && r->sends[0].start_ns < n->first_ns)
		n->first_ns = r->sends[0].start_ns;
	for (size_t i = 0; i < r->n_sends; i++)
		n->last_ns = larger(n->last_ns,
				    r->sends[i].ended ? r->sends[i].end_ns : r->sends[i].start_ns);
	if (r->ended)
		n->last_ns = larger(n->last_ns, r->end.t_ns);
}

static void count_send(struct numbers *n, const struct recorded_send *s)
{
	n->sends_before += s->start_ns < n->zero_ns;
	n->inside_at_gate += n->gate_closed.seen && s->start_ns < n->gate_closed.t_ns &&
			     (!s->ended || s->end_ns > n->gate_closed.t_ns);
	n->refused += s->result == TL_REFUSED;
	n->dropped += s->result == TL_DROPPED;
	n->ejected += s->result == TL_LEFT;
	if (s->ended)
		n->longest_ns = larger(n->longest_ns, s->end_ns - s->start_ns);
}

/* The counters of the end know of sends that no record is left of, and the other way round. */
static void count(struct numbers *n, const struct recording *r, const struct senders *senders)
{
	uint64_t overlaps = 0;

	n->sends = r->n_sends;
	for (size_t i = 0; i < r->n_sends; i++)
		count_send(n, &r->sends[i]);
	n->refused = larger(larger(n->refused, count_events(r, TL_SEND_REFUSED)), r->end.refused);
	n->dropped = larger(larger(n->dropped, count_events(r, TL_SEND_DROPPED)), r->end.dropped);
	n->ejected = larger(n->ejected, r->end.ejected);
	for (size_t i = 0; i < senders->n; i++)
		overlaps += senders->list[i].overlaps;
	n->overlaps = larger(overlaps, r->end.unsafe_overlaps);
	for (size_t i = 0; i < r->n_losses; i++)
		n->lost += r->losses[i].count;
	n->complete = r->n_losses == 0 && (!r->ended || r->end.complete) && !r->headless &&
		      r->n_garbled == 0;
}

static void find_held(struct numbers *n, const struct recording *r)
{
	const struct moment held = moment_of(r, TL_HELD);

	/* The service writes 0 when there was nobody to hold. */
	n->has_held = r->ended ? r->end.has_held && r->end.held_ns > 0 : held.seen;
	n->held_ns = r->end.held_ns;
	if (!r->ended && held.seen)
		n->held_ns = (n->released.seen ? n->released.t_ns : n->last_ns) - n->zero_ns;
}

/* The service notes that it has closed the gate when that is done: the kernel may refuse before. */
static void close_gate_in_time(struct numbers *n, const struct recording *r)
{
	const struct moment refused = moment_of(r, TL_SEND_REFUSED);

	if (n->gate_closed.seen && refused.seen && refused.t_ns < n->gate_closed.t_ns)
		n->gate_closed.t_ns = refused.t_ns;
}

void numbers_of(struct numbers *n, const struct recording *r, const struct senders *senders)
{
	*n = (struct numbers){ .zero_ns = find_zero(r),
			       .gate_closed = moment_of(r, TL_GATE_CLOSED),
			       .gate_opened = moment_of(r, TL_GATE_OPENED),
			       .drained = moment_of(r, TL_DRAINED),
			       .released = moment_of(r, TL_RELEASED),
			       .teardown = teardown_of(r) };
	close_gate_in_time(n, r);
	find_extent(n, r);
	count(n, r, senders);
	find_held(n, r);
}

uint64_t gate_end(const struct numbers *n)
{
	const bool opened = n->gate_opened.seen && n->gate_opened.t_ns > n->gate_closed.t_ns;

	return opened ? n->gate_opened.t_ns : n->last_ns;
}

int64_t since_request(const struct numbers *n, uint64_t t_ns)
{
	return (int64_t)(t_ns - n->zero_ns);
}

uint64_t send_end(const struct recording *r, const struct numbers *n,
		  const struct recorded_send *send)
{
	if (send->ended)
		return send->end_ns;
	if (!send_is_open(&n->teardown, send))
		return n->teardown.drained_ns;
	if (r->ended && !send_overlaps(r, &n->teardown, send))
		return send->start_ns;
	return n->last_ns > send->start_ns ? n->last_ns : send->start_ns;
}

const char *duration_text(char buf[DURATION_MAX], uint64_t ns, const char *micro)
{
	static const struct {
		uint64_t below;
		double unit;
	} scales[] = { { 1000, 1 }, { 1000000, 1e3 }, { 1000000000, 1e6 }, { UINT64_MAX, 1e9 } };
	const char *const names[] = { "n", micro, "m", "" };
	size_t i = 0;
	double value;

	while (i < 3 && ns >= scales[i].below)
		i++;
	value = (double)ns / scales[i].unit;
	snprintf(buf, DURATION_MAX, "%.*f %ss",
		 i == 0 || value >= 100 ? 0
		 : value >= 10		? 1
					: 2,
		 value, names[i]);
	return buf;
}
