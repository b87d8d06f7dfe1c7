// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel side reports, in words and as lines of a timeline.
 */
#include "kernel_side/event.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "shared.h"

#define CALLERS 8

/*
 * A look at the symbols takes long enough to keep openers waiting, and the callers of
 * rproc_shutdown() are always the same few functions. The lock is never held over such a look.
 */
static struct {
	pthread_mutex_t lock;
	struct kallsyms_function known[CALLERS];
	size_t next;
	unsigned int forgotten; /* times: what was looked up before may be wrong */
} callers = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool find_caller(uint64_t address, struct kallsyms_function *out, unsigned int *forgotten)
{
	bool found = false;

	pthread_mutex_lock(&callers.lock);
	for (size_t i = 0; i < CALLERS && !found; i++) {
		found = address >= callers.known[i].begin && address < callers.known[i].end;
		if (found)
			*out = callers.known[i];
	}
	*forgotten = callers.forgotten;
	pthread_mutex_unlock(&callers.lock);
	return found;
}

static void keep_caller(const struct kallsyms_function *function, const unsigned int *forgotten)
{
	pthread_mutex_lock(&callers.lock);
	if (!forgotten || callers.forgotten == *forgotten)
		callers.known[callers.next++ % CALLERS] = *function;
	pthread_mutex_unlock(&callers.lock);
}

void event_know_caller(const struct kallsyms_function *function)
{
	if (function->begin)
		keep_caller(function, NULL);
}

void event_forget_callers(void)
{
	pthread_mutex_lock(&callers.lock);
	for (size_t i = 0; i < CALLERS; i++)
		callers.known[i].begin = callers.known[i].end = 0;
	callers.forgotten++;
	pthread_mutex_unlock(&callers.lock);
}

/* "state_store+0x5c [remoteproc]", "0x..." when nothing is known. */
static void describe_caller(uint64_t address, char *buf, size_t len)
{
	struct kallsyms_function f;
	unsigned int forgotten;

	if (!find_caller(address, &f, &forgotten)) {
		if (!kallsyms_function_at(address, &f))
			f = (struct kallsyms_function){ .begin = address, .end = address + 1 };
		keep_caller(&f, &forgotten);
	}
	if (!f.name[0])
		snprintf(buf, len, "0x%llx", (unsigned long long)address);
	else
		snprintf(buf, len, "%s+0x%llx%s%s%s", f.name,
			 (unsigned long long)(address - f.begin), f.module[0] ? " [" : "", f.module,
			 f.module[0] ? "]" : "");
}

/* What a text has in place of its %s. With a channel, the address of the event is that of an endpoint. */
enum detail { NOTHING, CHANNEL, SENDERS, CALLER, CRASH_TYPE, TYPE };

static const struct kind {
	enum timeline_event event;
	const char *text;
	enum detail detail;
} kinds[] = {
	[RG_BOOT] = { TL_BOOT, "started; gate open", NOTHING },
	[RG_SHUTDOWN] = { TL_SHUTDOWN, "rproc_shutdown entered from %s", CALLER },
	[RG_GATE_CLOSED] = { TL_GATE_CLOSED, "gate closed at rproc_shutdown", NOTHING },
	[RG_GATE_OPENED] = { TL_GATE_OPENED, "rproc_shutdown did nothing; gate open again",
			     NOTHING },
	[RG_CRASH] = { TL_CRASH, "crash reported (%s); gate closed", CRASH_TYPE },
	[RG_VQ_CREATED] = { TL_VIRTQUEUE_CREATED,
			    "first virtqueue created after a teardown; gate open", NOTHING },
	[RG_SEND_REFUSED] = { TL_SEND_REFUSED,
			      "send refused on %s (first send, later sends are only counted)",
			      CHANNEL },
	[RG_SEND_DROPPED] = { TL_SEND_DROPPED,
			      "send dropped on %s: the endpoint is dead (first send, later sends "
			      "are only counted)",
			      CHANNEL },
	[RG_EPT_CREATED] = { TL_ENDPOINT_CREATED, "endpoint created on %s", CHANNEL },
	[RG_EPT_DESTROYED] = { TL_ENDPOINT_DESTROYED, "endpoint destroyed on %s", CHANNEL },
	[RG_VQ_DELETED] = { TL_VIRTQUEUE_DELETED, "virtqueue deleted, %s senders inside", SENDERS },
	[RG_RESOURCES_FREED] = { TL_RESOURCES_FREED, "resources freed, %s senders inside",
				 SENDERS },
	[RG_UNSAFE_OVERLAP] = { TL_UNSAFE_OVERLAP,
				"UNSAFE OVERLAP: inside a send on %s during the teardown",
				CHANNEL },
	[RG_WAITED] = { TL_WAITED,
			"UNSAFE: the shutdown goes on with %s senders inside (counted over all "
			"remote processors)",
			SENDERS },
	[RG_PARKED] = { TL_PARKED, "turned back at rproc_shutdown, called from %s", CALLER },
	[RG_EJECTED] = { TL_EJECTED, "ejected from a blocked send", NOTHING },
	[RG_REMOVAL] = { TL_PARKED, "turned back at the removal of module %s", CHANNEL },
};

static const struct kind *kind_of(const struct rg_event *e)
{
	static const struct kind unknown = { TL_NOTE, "event %s", TYPE };
	const bool known = e->type < sizeof(kinds) / sizeof(kinds[0]) && kinds[e->type].text;

	return known ? &kinds[e->type] : &unknown;
}

/* enum rproc_crash_type of include/linux/remoteproc.h. */
static const char *crash_type(int64_t type)
{
	static const char *const types[] = { "MMU fault", "watchdog", "fatal error" };

	return type >= 0 && type < (int64_t)(sizeof(types) / sizeof(types[0])) ? types[type]
									       : "unknown type";
}

bool event_is_refusal(const struct rg_event *e)
{
	return e->type == RG_PARKED && e->value == RG_PARK_BUSY;
}

static void describe(const struct rg_event *e, const struct event_line *l, char *buf, size_t len)
{
	const struct kind *kind = kind_of(e);
	const char *detail = "";
	char number[24];

	snprintf(number, sizeof(number), "%lld",
		 kind->detail == TYPE ? (long long)e->type : (long long)e->value);
	switch (kind->detail) {
	case CHANNEL:
		detail = l->channel[0] || e->type != RG_SEND_DROPPED ? l->channel
								     : "a freed channel";
		break;
	case SENDERS:
	case TYPE:
		detail = number;
		break;
	case CALLER:
		detail = l->caller;
		break;
	case CRASH_TYPE:
		detail = crash_type(e->value);
		break;
	case NOTHING:
		break;
	}
	snprintf(buf, len, kind->text, detail);
	if (e->type == RG_SHUTDOWN && e->value)
		snprintf(buf + strlen(buf), len - strlen(buf), ", unheld");
	if (e->type == RG_PARKED)
		snprintf(buf + strlen(buf), len - strlen(buf), "%s",
			 event_is_refusal(e)
				 ? " and refused with EBUSY: its process is inside a send"
				 : ", until the hold is complete");
}

void event_line(const struct rg_event *e, struct event_line *out)
{
	const struct kind *kind = kind_of(e);

	memset(out, 0, sizeof(*out));
	if (e->rproc != RG_RPROC_UNKNOWN)
		snprintf(out->rproc, sizeof(out->rproc), "remoteproc%u", e->rproc);
	memcpy(out->comm, e->comm, sizeof(e->comm));
	memcpy(out->channel, e->channel, sizeof(e->channel));
	if (kind->detail == CALLER)
		describe_caller(e->address, out->caller, sizeof(out->caller));
	describe(e, out, out->text, sizeof(out->text));
	out->line = (struct line_event){
		.t_ns = e->time_ns,
		.event = kind->event,
		.task = { (int)e->pid, (int)e->tid, out->comm },
		.endpoint = kind->detail == CHANNEL ? e->address : 0,
		.channel = out->channel,
		.origin = kind->detail == CALLER ? out->caller : NULL,
		.text = out->text,
		.senders = kind->detail == SENDERS ? e->value : -1,
	};
}

void event_format(const struct rg_event *e, char *buf, size_t len)
{
	struct event_line out;

	event_line(e, &out);
	snprintf(buf, len, "%s: [%llu.%06llu] %s (pid %u): %s",
		 out.rproc[0] ? out.rproc : "remoteproc?",
		 (unsigned long long)(e->time_ns / 1000000000ULL),
		 (unsigned long long)(e->time_ns % 1000000000ULL / 1000), out.comm, e->tid,
		 out.text);
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
