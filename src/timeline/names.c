// SPDX-License-Identifier: GPL-2.0-only
#include "timeline/names.h"

#include <string.h>

static const char *const events[TL_EVENTS] = {
	[TL_REQUESTED] = "requested",
	[TL_HELD] = "held",
	[TL_GATE_CLOSED] = "gate_closed",
	[TL_GATE_OPENED] = "gate_opened",
	[TL_KEPT_OUT] = "kept_out",
	[TL_EJECTED] = "ejected",
	[TL_HUNG_UP] = "hung_up",
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

const char *timeline_event_name(enum timeline_event event)
{
	return events[event];
}

const char *timeline_send_name(enum timeline_send result)
{
	return sends[result];
}

const char *timeline_loss_name(enum timeline_loss what)
{
	return losses[what];
}

enum timeline_event timeline_event_find(const char *name)
{
	enum timeline_event event = 0;

	while (event < TL_EVENTS && strcmp(events[event], name) != 0)
		event++;
	return event;
}

enum timeline_send timeline_send_find(const char *name)
{
	enum timeline_send result = 0;

	while (result < TL_UNKNOWN && strcmp(sends[result], name) != 0)
		result++;
	return result;
}
