/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sends of an episode by the task that made them.
 */
#ifndef RPMSG_GUARD_TIMELINE_SENDERS_H
#define RPMSG_GUARD_TIMELINE_SENDERS_H

#include "timeline/read.h"

struct sender {
	struct recorded_task task;
	const char *channel; /* of its last send */
	size_t sends, refused, dropped, ejected;
	size_t overlaps;	    /* sends and events that say so, see send_overlaps() */
	bool inside;		    /* in the record its last send does not end */
	uint64_t first_ns, last_ns; /* when its first and its last send began */
	uint64_t longest_ns;	    /* of those that ended */
	size_t number;		    /* in the order of the tasks' numbers */
};

struct senders {
	struct sender *list; /* those with an unsafe overlap first, then who sent most */
	size_t n;
	size_t *of_send; /* for each send of the recording its place in the list */
};

/* Returns 0 or -ENOMEM. senders_free() in either case. */
int senders_collect(struct senders *s, const struct recording *r);
void senders_free(struct senders *s);

/* When virtqueues were deleted and resources freed. */
struct teardown {
	bool seen;
	uint64_t first_ns, last_ns;
	int64_t senders; /* the most that were inside at one of these; -1 when not recorded */
	bool drained;	 /* and when nobody was inside any more before that */
	uint64_t drained_ns;
};

struct teardown teardown_of(const struct recording *r);

/* Whether it is not known that the send came out: there is no end, and nobody saw all of them out. */
bool send_is_open(const struct teardown *t, const struct recorded_send *send);

/*
 * Whether the send was inside while virtqueues were deleted. One that was refused or dropped never
 * got inside. One without an end in an episode with one has perhaps only been missed on its way
 * out: it counts when the kernel side saw somebody inside.
 */
bool send_overlaps(const struct recording *r, const struct teardown *t,
		   const struct recorded_send *send);

#endif
