// SPDX-License-Identifier: GPL-2.0-only
/* Builds the lines of an episode from events and sends of the kernel side. */
#include "rproc/episode_lines.h"

#include <stdlib.h>

#include "kernel_side/event.h"
#include "timeline/lines.h"

#define INSIDE_MAX 64
/* Sends that are written at a time: a step of the hold must not wait for hundreds of them. */
#define SLICE 32

void lines_add(struct episode_lines *l, char *line)
{
	if (!store_add(l->file, line, STORE_LINE))
		atomic_fetch_add(&l->lost_lines, 1);
}

void lines_event(struct episode_lines *l, const struct rg_event *e)
{
	struct event_line out;

	event_line(e, &out);
	lines_add(l, line_event(&out.line));
}

static void add_send(struct episode_lines *l, const struct line_send *send)
{
	if (!store_add(l->file, line_send(send), send->end_ns ? STORE_SEND : STORE_LINE))
		l->lost_sends++;
}

static bool is_ours(const struct episode_lines *l, const struct flight_send *s)
{
	return (s->rproc == RG_RPROC_UNKNOWN || s->rproc == (uint32_t)l->index) &&
	       s->end_ns >= l->since_ns;
}

static void on_send(const struct flight_send *s, void *arg)
{
	struct episode_lines *l = arg;
	struct line_send line;

	if (!is_ours(l, s))
		return;
	flight_line(s, &line);
	add_send(l, &line);
}

/* Kept for later. */
static void keep_send(const struct flight_send *s, void *arg)
{
	struct episode_lines *l = arg;
	struct flight_send *more;

	if (!is_ours(l, s))
		return;
	if (l->n_before == l->room) {
		more = realloc(l->before, (l->room + 256) * sizeof(*more));
		if (!more) {
			l->lost_sends++;
			return;
		}
		l->before = more;
		l->room += 256;
	}
	l->before[l->n_before++] = *s;
}

/* Some, and the others after what has come in meanwhile. */
static void write_slice(struct store_file *f, void *arg)
{
	struct episode_lines *l = arg;
	const size_t end = l->next + SLICE < l->n_before ? l->next + SLICE : l->n_before;

	while (l->next < end)
		on_send(&l->before[l->next++], l);
	if (l->next < l->n_before && store_later(f, write_slice, l))
		return;
	l->lost_sends += l->n_before - l->next;
	free(l->before);
	l->before = NULL;
	l->n_before = l->room = l->next = 0;
}

static void add_inside(struct episode_lines *l)
{
	struct kside_sender inside[INSIDE_MAX];
	const size_t n = kside_senders(l->kside, l->index, inside, INSIDE_MAX);

	for (size_t i = 0; i < n; i++)
		add_send(l, &(struct line_send){
				    .start_ns = inside[i].since_ns,
				    .task = { inside[i].pid, inside[i].tid, inside[i].comm },
				    .function = inside[i].function,
				    .endpoint = inside[i].endpoint,
				    .result = TL_UNKNOWN,
			    });
}

static void write_before(struct store_file *f, void *arg)
{
	struct episode_lines *l = arg;

	add_inside(l);
	flight_read(l->kside, l->mark, FLIGHT_ALMOST, keep_send, l);
	write_slice(f, l);
}

void lines_sends_before(struct episode_lines *l)
{
	/* Where it cannot be done now, they are written at the end, as far as they are still there. */
	if (l->mark)
		store_later(l->file, write_before, l);
}

void lines_sends_after(struct episode_lines *l)
{
	if (l->mark)
		l->lost_sends += flight_read(l->kside, l->mark, FLIGHT_NOW, on_send, l);
}

static bool lost(struct episode_lines *l, uint64_t t_ns, enum timeline_loss what, uint64_t count)
{
	if (!count)
		return false;
	store_add(l->file, line_lost(t_ns, what, count), STORE_LINE);
	return true;
}

bool lines_losses(struct episode_lines *l, const struct kside_losses *before, uint64_t t_ns)
{
	const struct kside_losses now = l->kside ? kside_losses(l->kside) : *before;
	bool any = lost(l, t_ns, TL_LOST_EVENTS,
			now.events - before->events + atomic_load(&l->lost_lines));

	any |= lost(l, t_ns, TL_LOST_SENDS, l->lost_sends);
	any |= lost(l, t_ns, TL_LOST_SENDERS, now.senders - before->senders);
	any |= lost(l, t_ns, TL_LOST_ENDPOINTS, now.endpoints - before->endpoints);
	any |= lost(l, t_ns, TL_LOST_EXITS, now.exits - before->exits);
	return !any;
}
