/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs that had a device open when a hold needed it closed: from when to when, and which of them
 * never closed it.
 */
#ifndef RPMSG_GUARD_TIMELINE_KEEPERS_H
#define RPMSG_GUARD_TIMELINE_KEEPERS_H

#include "timeline/read.h"

struct keeper {
	struct recorded_task task;
	const char *device;
	uint64_t from_ns, to_ns; /* to its close, or to the end of the hold */
	bool closed;
	size_t place; /* in the file */
};

struct keepers {
	struct keeper *list; /* those that did not close first, then the longest */
	size_t n;
	size_t n_open;	   /* those that did not close */
	size_t n_programs; /* of these */
};

/* @end_ns: when the hold ended. Returns 0 or -ENOMEM. keepers_free() in either case. */
int keepers_collect(struct keepers *k, const struct recording *r, uint64_t end_ns);
void keepers_free(struct keepers *k);

/* Whether one before the @i-th is of the same program. */
bool keeper_is_repeated(const struct keepers *k, size_t i);

#endif
