// SPDX-License-Identifier: GPL-2.0-only
#include "service/episode_lines.h"

#include <stdio.h>
#include <string.h>

#include "guard/event_format.h"
#include "timeline/lines.h"

#define INSIDE_MAX 64

static const struct {
	unsigned char known;
	enum timeline_event event;
} events[] = {
	[RG_BOOT] = { 1, TL_BOOT },
	[RG_SHUTDOWN] = { 1, TL_SHUTDOWN },
	[RG_GATE_CLOSED] = { 1, TL_GATE_CLOSED },
	[RG_SEND_REFUSED] = { 1, TL_SEND_REFUSED },
	[RG_SEND_DROPPED] = { 1, TL_SEND_DROPPED },
	[RG_EPT_CREATED] = { 1, TL_ENDPOINT_CREATED },
	[RG_EPT_DESTROYED] = { 1, TL_ENDPOINT_DESTROYED },
	[RG_VQ_DELETED] = { 1, TL_VIRTQUEUE_DELETED },
	[RG_RESOURCES_FREED] = { 1, TL_RESOURCES_FREED },
	[RG_UNSAFE_OVERLAP] = { 1, TL_UNSAFE_OVERLAP },
	[RG_WAITED] = { 1, TL_WAITED },
	[RG_GATE_OPENED] = { 1, TL_GATE_OPENED },
	[RG_PARKED] = { 1, TL_PARKED },
	[RG_EJECTED] = { 1, TL_EJECTED },
	[RG_CRASH] = { 1, TL_CRASH },
	[RG_VQ_CREATED] = { 1, TL_VIRTQUEUE_CREATED },
};

static enum timeline_event event_of(const struct rg_event *e)
{
	if (e->type >= sizeof(events) / sizeof(events[0]) || !events[e->type].known)
		return TL_NOTE;
	return events[e->type].event;
}

/* Of other events the address is not that of an endpoint. */
static bool has_endpoint(const struct rg_event *e)
{
	switch (e->type) {
	case RG_SEND_REFUSED:
	case RG_SEND_DROPPED:
	case RG_EPT_CREATED:
	case RG_EPT_DESTROYED:
	case RG_UNSAFE_OVERLAP:
		return true;
	default:
		return false;
	}
}

static bool counts_senders(const struct rg_event *e)
{
	return e->type == RG_VQ_DELETED || e->type == RG_RESOURCES_FREED || e->type == RG_WAITED;
}

void lines_add(struct episode_lines *l, char *line)
{
	if (!store_add(l->file, line, STORE_LINE))
		atomic_fetch_add(&l->lost_lines, 1);
}

void lines_event(struct episode_lines *l, const struct rg_event *e)
{
	char text[192], comm[sizeof(e->comm) + 1], channel[sizeof(e->channel) + 1];
	struct line_event line = {
		.t_ns = e->time_ns,
		.event = event_of(e),
		.task = { (int)e->pid, (int)e->tid, comm },
		.endpoint = has_endpoint(e) ? e->address : 0,
		.channel = channel,
		.origin = event_origin(e),
		.text = text,
		.senders = counts_senders(e) ? e->value : -1,
	};

	snprintf(comm, sizeof(comm), "%.*s", (int)sizeof(e->comm), e->comm);
	snprintf(channel, sizeof(channel), "%.*s", (int)sizeof(e->channel), e->channel);
	event_describe(e, text, sizeof(text));
	lines_add(l, line_event(&line));
}

static void add_send(struct episode_lines *l, const struct line_send *send)
{
	if (!store_add(l->file, line_send(send), send->end_ns ? STORE_SEND : STORE_LINE))
		l->lost_sends++;
}

static enum timeline_send result_of(enum flight_result result)
{
	switch (result) {
	case FLIGHT_REFUSED:
		return TL_REFUSED;
	case FLIGHT_DROPPED:
		return TL_DROPPED;
	case FLIGHT_EJECTED:
		return TL_LEFT;
	default:
		return TL_RETURNED;
	}
}

static void on_send(const struct flight_send *s, void *arg)
{
	struct episode_lines *l = arg;
	const struct line_send send = {
		.start_ns = s->start_ns,
		.end_ns = s->end_ns,
		.task = { s->pid, s->tid, s->comm },
		.function = s->function,
		.channel = s->channel,
		.endpoint = s->endpoint,
		.result = result_of(s->result),
		.value = s->value,
	};

	if (s->rproc != RG_RPROC_UNKNOWN && s->rproc != (uint32_t)l->index)
		return;
	if (s->end_ns >= l->since_ns)
		add_send(l, &send);
}

static void add_inside(struct episode_lines *l)
{
	struct guard_sender inside[INSIDE_MAX];
	const size_t n = guard_senders(l->guard, l->index, inside, INSIDE_MAX);

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

	(void)f;
	add_inside(l);
	flight_read(l->guard, l->mark, FLIGHT_ALMOST, on_send, l);
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
		l->lost_sends += flight_read(l->guard, l->mark, FLIGHT_NOW, on_send, l);
}

static bool lost(struct episode_lines *l, uint64_t t_ns, enum timeline_loss what, uint64_t count)
{
	if (!count)
		return false;
	store_add(l->file, line_lost(t_ns, what, count), STORE_LINE);
	return true;
}

bool lines_losses(struct episode_lines *l, const struct guard_losses *before, uint64_t t_ns)
{
	const struct guard_losses now = l->guard ? guard_losses(l->guard) : *before;
	bool any = lost(l, t_ns, TL_LOST_EVENTS,
			now.events - before->events + atomic_load(&l->lost_lines));

	any |= lost(l, t_ns, TL_LOST_SENDS, l->lost_sends);
	any |= lost(l, t_ns, TL_LOST_SENDERS, now.senders - before->senders);
	any |= lost(l, t_ns, TL_LOST_ENDPOINTS, now.endpoints - before->endpoints);
	any |= lost(l, t_ns, TL_LOST_EXITS, now.exits - before->exits);
	return !any;
}
