/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of episode files that whoever writes them and whoever reads them have in common:
 * docs/episode-format.md explains them.
 */
#ifndef RPMSG_GUARD_TIMELINE_NAMES_H
#define RPMSG_GUARD_TIMELINE_NAMES_H

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

const char *timeline_event_name(enum timeline_event event);
const char *timeline_send_name(enum timeline_send result);
const char *timeline_loss_name(enum timeline_loss what);

/* TL_EVENTS when there is none of that name. */
enum timeline_event timeline_event_find(const char *name);

/* TL_UNKNOWN for any other. */
enum timeline_send timeline_send_find(const char *name);

#endif
