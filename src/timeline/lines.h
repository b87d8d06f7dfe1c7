/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines of an episode file, built from what is known: docs/episode-format.md is what they keep to.
 * Each is returned with its newline, to be freed by the caller; NULL without memory.
 *
 * A text that is NULL or empty is left out, and so are numbers that are not known: an endpoint, a
 * process or a time of 0, a count below 0.
 */
#ifndef RPMSG_GUARD_TIMELINE_LINES_H
#define RPMSG_GUARD_TIMELINE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "timeline/names.h"

struct line_task {
	int pid, tid;
	const char *comm;
};

struct line_episode {
	const char *id, *rproc, *device, *action, *request, *level;
	struct line_task caller; /* left out with a tid of 0 */
	struct timespec started; /* wall clock */
	uint64_t started_ns;
};

struct line_event {
	const char *rproc; /* where it is not said once for all */
	uint64_t t_ns;
	enum timeline_event event;
	struct line_task task;
	uint64_t endpoint;
	const char *channel, *origin, *device, *text;
	int64_t senders;
};

struct line_send {
	const char *rproc; /* the same */
	uint64_t start_ns, end_ns;
	struct line_task task;
	const char *function, *channel;
	uint64_t endpoint;
	enum timeline_send result;
	int value; /* kept for one that has ended */
};

struct line_end {
	uint64_t t_ns, held_ns;
	const char *result, *reason;
	uint64_t refused, dropped, ejected, unsafe_overlaps;
	bool complete;
	enum timeline_cause cause; /* left out when it is TL_CAUSE_NONE */
};

char *line_episode(const struct line_episode *e);
char *line_event(const struct line_event *e);
char *line_send(const struct line_send *s);
char *line_lost(uint64_t t_ns, enum timeline_loss what, uint64_t count);
char *line_end(const struct line_end *e);

#endif
