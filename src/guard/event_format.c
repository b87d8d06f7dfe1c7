// SPDX-License-Identifier: GPL-2.0-only
#include "guard/event_format.h"

#include <stdio.h>

#include "system/kallsyms.h"

#define CALLERS 8

/*
 * A look at the symbols takes long enough to keep openers waiting, and the callers of
 * rproc_shutdown() are always the same few.
 */
static const char *describe_caller(uint64_t address)
{
	static struct {
		uint64_t address;
		char text[128];
	} known[CALLERS];
	static size_t next;

	for (size_t i = 0; i < CALLERS; i++)
		if (known[i].address == address && known[i].text[0])
			return known[i].text;
	next = (next + 1) % CALLERS;
	known[next].address = address;
	kallsyms_describe(address, known[next].text, sizeof(known[next].text));
	return known[next].text;
}

const char *event_origin(const struct rg_event *e)
{
	return e->type == RG_SHUTDOWN || e->type == RG_PARKED ? describe_caller(e->address) : NULL;
}

/* enum rproc_crash_type of include/linux/remoteproc.h. */
static const char *crash_type(int64_t type)
{
	static const char *const types[] = { "MMU fault", "watchdog", "fatal error" };

	return type >= 0 && type < (int64_t)(sizeof(types) / sizeof(types[0])) ? types[type]
									       : "unknown type";
}

void event_describe(const struct rg_event *e, char *buf, size_t len)
{
	switch (e->type) {
	case RG_BOOT:
		snprintf(buf, len, "boot; gate open");
		break;
	case RG_SHUTDOWN:
		snprintf(buf, len, "rproc_shutdown entered from %s%s", describe_caller(e->address),
			 e->value ? ", not announced" : "");
		break;
	case RG_GATE_CLOSED:
		snprintf(buf, len, "gate closed at rproc_shutdown");
		break;
	case RG_GATE_OPENED:
		snprintf(buf, len, "rproc_shutdown did nothing; gate open again");
		break;
	case RG_CRASH:
		snprintf(buf, len, "crash reported (%s); gate closed", crash_type(e->value));
		break;
	case RG_VQ_CREATED:
		snprintf(buf, len, "first virtqueue after a teardown; gate open");
		break;
	case RG_SEND_REFUSED:
		snprintf(buf, len, "send refused on %s (first; later ones are counted)",
			 e->channel);
		break;
	case RG_SEND_DROPPED:
		snprintf(buf, len, "send on a dead endpoint kept away from %s (first)",
			 e->channel[0] ? e->channel : "freed memory");
		break;
	case RG_EPT_CREATED:
		snprintf(buf, len, "endpoint created on %s", e->channel);
		break;
	case RG_EPT_DESTROYED:
		snprintf(buf, len, "endpoint destroyed on %s", e->channel);
		break;
	case RG_VQ_DELETED:
		snprintf(buf, len, "virtqueue deleted, %lld senders inside", (long long)e->value);
		break;
	case RG_RESOURCES_FREED:
		snprintf(buf, len, "resources freed, %lld senders inside", (long long)e->value);
		break;
	case RG_UNSAFE_OVERLAP:
		snprintf(buf, len, "UNSAFE OVERLAP: was inside a send on %s during the teardown",
			 e->channel);
		break;
	case RG_WAITED:
		snprintf(
			buf, len,
			"UNSAFE: shutdown goes on with %lld senders inside (of any remote processor)",
			(long long)e->value);
		break;
	case RG_PARKED:
		snprintf(buf, len,
			 "turned back at rproc_shutdown, called from %s, until a hold is through",
			 describe_caller(e->address));
		break;
	case RG_EJECTED:
		snprintf(buf, len, "ejected from its wait for a buffer");
		break;
	default:
		snprintf(buf, len, "event %u", e->type);
	}
}

void event_format(const struct rg_event *e, char *buf, size_t len)
{
	char text[192], rproc[24] = "remoteproc?";

	if (e->rproc != RG_RPROC_UNKNOWN)
		snprintf(rproc, sizeof(rproc), "remoteproc%u", e->rproc);
	event_describe(e, text, sizeof(text));
	snprintf(buf, len, "%s @%llu.%06llu  %s  by %.16s[%u]", rproc,
		 (unsigned long long)(e->time_ns / 1000000000ULL),
		 (unsigned long long)(e->time_ns % 1000000000ULL / 1000), text, e->comm, e->tid);
}
