/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From what the kernel side says to lines of an episode file.
 */
#ifndef RPMSG_GUARD_RPROC_EPISODE_LINES_H
#define RPMSG_GUARD_RPROC_EPISODE_LINES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel_side/flight.h"
#include "kernel_side/kside.h"
#include "timeline/store.h"

struct episode_lines {
	struct store_file *file;
	struct kside *kside;	  /* NULL below level "observe" */
	struct flight_mark *mark; /* NULL without guard */
	int index;		  /* N of remoteprocN */
	uint64_t since_ns;	  /* sends that ended before are of another episode */
	atomic_ullong lost_lines;
	/* Of the thread of the store. */
	uint64_t lost_sends;
	struct flight_send *before; /* what led to it, as far as it was not written yet */
	size_t n_before, room, next;
};

/* Takes a line that was built; one that has no place is counted. */
void lines_add(struct episode_lines *l, char *line);
void lines_event(struct episode_lines *l, const struct rg_event *event);

/* Has the sends written that led to this, and those that are inside; returns at once. */
void lines_sends_before(struct episode_lines *l);

/* The sends since. In the thread of the store. */
void lines_sends_after(struct episode_lines *l);

/* Writes what was lost since @before; true when nothing was. In the thread of the store. */
bool lines_losses(struct episode_lines *l, const struct kside_losses *before, uint64_t t_ns);

#endif
