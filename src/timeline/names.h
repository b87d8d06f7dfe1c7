/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of episode files, as enums and as text: docs/episode-format.md explains them. The text is
 * turned into an enum where a file is read (record.c), and nowhere else.
 */
#ifndef RPMSG_GUARD_TIMELINE_NAMES_H
#define RPMSG_GUARD_TIMELINE_NAMES_H

#include "system/features.h"

#define EPISODES_DIR "/var/lib/rpmsg-guard/episodes"
#define EPISODE_SUFFIX ".jsonl"
#define EPISODE_VERSION 1

enum timeline_event {
	TL_REQUESTED,
	TL_HELD,
	TL_GATE_CLOSED,
	TL_GATE_OPENED,
	TL_KEPT_OUT,
	TL_EJECTED,
	TL_HUNG_UP,
	TL_STILL_OPEN,
	TL_NOW_CLOSED,
	TL_DRAINED,
	TL_CLOSED,
	TL_MENDED,
	TL_RELEASED,
	TL_SHUTDOWN,
	TL_PARKED,
	TL_WAITED,
	TL_SEND_REFUSED,
	TL_SEND_DROPPED,
	TL_ENDPOINT_CREATED,
	TL_ENDPOINT_DESTROYED,
	TL_VIRTQUEUE_DELETED,
	TL_RESOURCES_FREED,
	TL_VIRTQUEUE_CREATED,
	TL_BOOT,
	TL_CRASH,
	TL_UNSAFE_OVERLAP,
	TL_NOTE,
	TL_EVENTS, /* how many there are */
};

enum timeline_send { TL_RETURNED, TL_REFUSED, TL_DROPPED, TL_LEFT, TL_UNKNOWN, TL_SENDS };

enum timeline_loss {
	TL_LOST_EVENTS,
	TL_LOST_SENDS,
	TL_LOST_SENDERS,
	TL_LOST_ENDPOINTS,
	TL_LOST_EXITS,
	TL_LOSSES,
};

enum timeline_action {
	TL_ACTION_STOP,
	TL_ACTION_UNBIND,
	TL_ACTION_RECOVERY,
	TL_ACTION_SHUTDOWN, /* one that nobody holds */
	TL_ACTIONS,
};

enum timeline_result {
	TL_RESULT_STOPPED,
	TL_RESULT_STOPPED_UNSAFELY,
	TL_RESULT_RECOVERED,
	TL_RESULT_RECOVERED_UNSAFELY,
	TL_RESULT_UNBOUND,
	TL_RESULT_UNBOUND_UNSAFELY,
	TL_RESULT_REFUSED,
	TL_RESULT_GIVEN_UP,
	TL_RESULT_FAILED,
	TL_RESULT_NOT_CARRIED_OUT,
	TL_RESULTS,
};

/* Why a hold could not make it safe. */
enum timeline_cause {
	TL_CAUSE_NONE, /* it could, or nothing is known */
	TL_CAUSE_SENDER_INSIDE,
	TL_CAUSE_RECEIVER_INSIDE,
	TL_CAUSE_TTY_OPEN,	    /* a program keeps a descriptor that was hung up */
	TL_CAUSE_DEVICE_OPEN,	    /* the same of a device that cannot be hung up */
	TL_CAUSE_DESCRIPTOR_HIDDEN, /* of either, and /proc does not show it */
	TL_CAUSE_TTY_OPENING,	    /* an open or a close of a tty is under way */
	TL_CAUSE_HANGUP_RUNS,	    /* that of an earlier hold */
	TL_CAUSE_PROBE_RUNS,	    /* the driver of a channel is being probed */
	TL_CAUSE_HOOKS,		    /* a module came or went, and is not hooked yet */
	TL_CAUSE_CHANNELS_COME,	    /* faster than they can be quiesced */
	TL_CAUSE_GATE,		    /* cannot be closed, or relied on */
	TL_CAUSE_KEEPOUT,	    /* a tty cannot be kept from being opened */
	TL_CAUSE_HANGUP,	    /* a tty cannot be hung up or looked at */
	TL_CAUSE_TOO_MANY_TTYS,
	TL_CAUSE_NO_MEMORY,
	TL_CAUSE_CALLER_GONE,
	TL_CAUSE_SERVICE_ENDED,
	TL_CAUSE_STOP_FAILED,	 /* the driver's, after the teardown */
	TL_CAUSE_KERNEL_REFUSED, /* the stop, and nothing was torn down */
	TL_CAUSE_POWERED,	 /* the kernel's power count is above one */
	TL_CAUSES,
};

const char *timeline_event_name(enum timeline_event event);
const char *timeline_send_name(enum timeline_send result);
const char *timeline_loss_name(enum timeline_loss what);
const char *timeline_action_name(enum timeline_action action);
const char *timeline_result_name(enum timeline_result result);
const char *timeline_cause_name(enum timeline_cause cause);

/* Each returns how many there are (TL_EVENTS, ...) when there is none of that name, or TL_UNKNOWN. */
enum timeline_event timeline_event_find(const char *name);
enum timeline_send timeline_send_find(const char *name);
enum timeline_loss timeline_loss_find(const char *name);
enum timeline_action timeline_action_find(const char *name);
enum timeline_result timeline_result_find(const char *name);
enum timeline_cause timeline_cause_find(const char *name);

/* LEVEL_AUTO, which no file has, for any other. */
enum level timeline_level_find(const char *name);

/* For files without a cause: what the text of their reason tells. */
enum timeline_cause timeline_cause_of_reason(const char *reason);

#endif
