/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Openers of a marked file of which it is not known yet whether they may write: they have not fallen
 * asleep in their open, or what they want stands in their memory, which a helper reads. The event loop
 * goes on meanwhile.
 */
#ifndef RPMSG_GUARD_HOLD_UNDECIDED_H
#define RPMSG_GUARD_HOLD_UNDECIDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* At a time; one more is taken for a writer. Only those that have the right to write come here. */
#define UNDECIDED_MAX 64

struct undecided {
	struct undecided_opener {
		int tid;
		int answer;    /* the event's descriptor */
		int helper_fd; /* -1: not asked */
		uint64_t since_ms;
	} openers[UNDECIDED_MAX];
	size_t n;
	int epoll_fd; /* readable when undecided_step() has something to do */
	int timer_fd;
	bool timer_runs;
};

/* Returns 0 or a negative errno. */
int undecided_open(struct undecided *u);

/* The answers that are owed are given by the kernel: "allow". */
void undecided_close(struct undecided *u);

/* A descriptor to poll. */
int undecided_fd(const struct undecided *u);

/* @may_write is true for whatever could not be found out in time. */
typedef void (*decided_fn)(int tid, int answer, bool may_write, void *arg);

/* Calls @fn for thread @tid, at once or out of undecided_step(). */
void undecided_add(struct undecided *u, int tid, int answer, decided_fn fn, void *arg);
void undecided_step(struct undecided *u, decided_fn fn, void *arg);

#endif
