// SPDX-License-Identifier: GPL-2.0-only
/* The tables between the enums of an episode and the words of its file. */
#include "timeline/names.h"

#include <fnmatch.h>
#include <string.h>

static const char *const events[TL_EVENTS] = {
	[TL_REQUESTED] = "requested",
	[TL_HELD] = "held",
	[TL_GATE_CLOSED] = "gate_closed",
	[TL_GATE_OPENED] = "gate_opened",
	[TL_KEPT_OUT] = "kept_out",
	[TL_EJECTED] = "ejected",
	[TL_HUNG_UP] = "hung_up",
	[TL_STILL_OPEN] = "still_open",
	[TL_NOW_CLOSED] = "now_closed",
	[TL_DRAINED] = "drained",
	[TL_CLOSED] = "closed",
	[TL_MENDED] = "mended",
	[TL_RELEASED] = "released",
	[TL_SHUTDOWN] = "shutdown",
	[TL_PARKED] = "parked",
	[TL_WAITED] = "waited",
	[TL_SEND_REFUSED] = "send_refused",
	[TL_SEND_DROPPED] = "send_dropped",
	[TL_ENDPOINT_CREATED] = "endpoint_created",
	[TL_ENDPOINT_DESTROYED] = "endpoint_destroyed",
	[TL_VIRTQUEUE_DELETED] = "virtqueue_deleted",
	[TL_RESOURCES_FREED] = "resources_freed",
	[TL_VIRTQUEUE_CREATED] = "virtqueue_created",
	[TL_BOOT] = "boot",
	[TL_CRASH] = "crash",
	[TL_UNSAFE_OVERLAP] = "unsafe_overlap",
	[TL_NOTE] = "note",
};

static const char *const sends[TL_SENDS] = {
	[TL_RETURNED] = "returned", [TL_REFUSED] = "refused", [TL_DROPPED] = "dropped",
	[TL_LEFT] = "ejected",	    [TL_UNKNOWN] = "unknown",
};

static const char *const losses[TL_LOSSES] = {
	[TL_LOST_EVENTS] = "events",	   [TL_LOST_SENDS] = "sends", [TL_LOST_SENDERS] = "senders",
	[TL_LOST_ENDPOINTS] = "endpoints", [TL_LOST_EXITS] = "exits",
};

static const char *const levels[LEVEL_AUTO] = {
	[LEVEL_MANUAL] = "manual",
	[LEVEL_USERSPACE] = "userspace",
	[LEVEL_OBSERVE] = "observe",
	[LEVEL_OVERRIDE] = "override",
};

static const char *const actions[TL_ACTIONS] = {
	[TL_ACTION_STOP] = "stop",
	[TL_ACTION_UNBIND] = "unbind",
	[TL_ACTION_RECOVERY] = "recovery",
	[TL_ACTION_SHUTDOWN] = "shutdown",
};

static const char *const results[TL_RESULTS] = {
	[TL_RESULT_STOPPED] = "stopped",     [TL_RESULT_STOPPED_UNSAFELY] = "stopped unsafely",
	[TL_RESULT_RECOVERED] = "recovered", [TL_RESULT_RECOVERED_UNSAFELY] = "recovered unsafely",
	[TL_RESULT_UNBOUND] = "unbound",     [TL_RESULT_UNBOUND_UNSAFELY] = "unbound unsafely",
	[TL_RESULT_REFUSED] = "refused",     [TL_RESULT_GIVEN_UP] = "given up",
	[TL_RESULT_FAILED] = "failed",	     [TL_RESULT_NOT_CARRIED_OUT] = "not carried out",
};

static const char *const causes[TL_CAUSES] = {
	[TL_CAUSE_NONE] = "",
	[TL_CAUSE_SENDER_INSIDE] = "sender_inside",
	[TL_CAUSE_RECEIVER_INSIDE] = "receiver_inside",
	[TL_CAUSE_TTY_OPEN] = "tty_open",
	[TL_CAUSE_DEVICE_OPEN] = "device_open",
	[TL_CAUSE_DESCRIPTOR_HIDDEN] = "descriptor_hidden",
	[TL_CAUSE_TTY_OPENING] = "tty_opening",
	[TL_CAUSE_HANGUP_RUNS] = "hangup_runs",
	[TL_CAUSE_PROBE_RUNS] = "probe_runs",
	[TL_CAUSE_HOOKS] = "hooks_missing",
	[TL_CAUSE_CHANNELS_COME] = "channels_come",
	[TL_CAUSE_GATE] = "gate",
	[TL_CAUSE_KEEPOUT] = "keepout",
	[TL_CAUSE_HANGUP] = "hangup",
	[TL_CAUSE_TOO_MANY_TTYS] = "too_many_ttys",
	[TL_CAUSE_NO_MEMORY] = "no_memory",
	[TL_CAUSE_CALLER_GONE] = "caller_gone",
	[TL_CAUSE_SERVICE_ENDED] = "service_ended",
	[TL_CAUSE_STOP_FAILED] = "stop_failed",
	[TL_CAUSE_KERNEL_REFUSED] = "kernel_refused",
	[TL_CAUSE_POWERED] = "powered",
};

/*
 * The reasons of versions that wrote no cause; the first pattern that fits counts. Names of tasks and
 * channels are part of the text and may be like the words of a pattern, so patterns that say how the
 * text begins come first.
 */
static const struct {
	const char *pattern;
	enum timeline_cause cause;
} reasons[] = {
	{ "waited in vain for the driver of *", TL_CAUSE_PROBE_RUNS },
	{ "waited in vain for the hooks on *", TL_CAUSE_HOOKS },
	{ "waited in vain for a descriptor *", TL_CAUSE_DESCRIPTOR_HIDDEN },
	{ "waited in vain for a close of *", TL_CAUSE_TTY_OPENING },
	{ "waited in vain for the hang-up *", TL_CAUSE_HANGUP_RUNS },
	{ "waited in vain for memory", TL_CAUSE_NO_MEMORY },
	{ "*to be closed by*", TL_CAUSE_TTY_OPEN },
	{ "*which may be opening a tty", TL_CAUSE_TTY_OPENING },
	{ "*inside*", TL_CAUSE_SENDER_INSIDE },
	{ "the gate cannot be*", TL_CAUSE_GATE },
	{ "*cannot be kept from*", TL_CAUSE_KEEPOUT },
	{ "*cannot be*", TL_CAUSE_HANGUP },
	{ "channels are announced*", TL_CAUSE_CHANNELS_COME },
	{ "ttys: *", TL_CAUSE_TOO_MANY_TTYS },
	{ "*has gone", TL_CAUSE_CALLER_GONE },
	{ "the service ended", TL_CAUSE_SERVICE_ENDED },
};

/* @n when it is none of @names. */
static unsigned int find(const char *const *names, unsigned int n, const char *name)
{
	unsigned int i = 0;

	while (i < n && strcmp(names[i], name) != 0)
		i++;
	return i;
}

#define WORDS(set, names, n)                                                                       \
	const char *timeline_##set##_name(enum timeline_##set value)                               \
	{                                                                                          \
		return (names)[value];                                                             \
	}                                                                                          \
	enum timeline_##set timeline_##set##_find(const char *name)                                \
	{                                                                                          \
		return find(names, n, name);                                                       \
	}

WORDS(event, events, TL_EVENTS)
WORDS(send, sends, TL_UNKNOWN)
WORDS(loss, losses, TL_LOSSES)
WORDS(action, actions, TL_ACTIONS)
WORDS(result, results, TL_RESULTS)
WORDS(cause, causes, TL_CAUSES)

enum level timeline_level_find(const char *name)
{
	return find(levels, LEVEL_AUTO, name);
}

enum timeline_cause timeline_cause_of_reason(const char *reason)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (fnmatch(reasons[i].pattern, reason, 0) == 0)
			return reasons[i].cause;
	return TL_CAUSE_NONE;
}
