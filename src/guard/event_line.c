// SPDX-License-Identifier: GPL-2.0-only
#include "guard/event_line.h"

#include <stdio.h>

#include "guard/event_format.h"

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

void event_line(const struct rg_event *e, struct event_line *out)
{
	out->rproc[0] = '\0';
	if (e->rproc != RG_RPROC_UNKNOWN)
		snprintf(out->rproc, sizeof(out->rproc), "remoteproc%u", e->rproc);
	snprintf(out->comm, sizeof(out->comm), "%.*s", (int)sizeof(e->comm), e->comm);
	snprintf(out->channel, sizeof(out->channel), "%.*s", (int)sizeof(e->channel), e->channel);
	event_describe(e, out->text, sizeof(out->text));
	out->line = (struct line_event){
		.t_ns = e->time_ns,
		.event = event_of(e),
		.task = { (int)e->pid, (int)e->tid, out->comm },
		.endpoint = has_endpoint(e) ? e->address : 0,
		.channel = out->channel,
		.origin = event_origin(e),
		.text = out->text,
		.senders = counts_senders(e) ? e->value : -1,
	};
}

void flight_line(const struct flight_send *s, struct line_send *out)
{
	*out = (struct line_send){
		.start_ns = s->start_ns,
		.end_ns = s->end_ns,
		.task = { s->pid, s->tid, s->comm },
		.function = s->function,
		.channel = s->channel,
		.endpoint = s->endpoint,
		.result = s->result,
		.value = s->value,
	};
}
