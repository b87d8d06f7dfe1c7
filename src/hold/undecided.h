/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Openers of a marked file that have the right to write, and of which it is not known yet whether they do.
 * To find out, a thread of its own reads the call that they sleep in, which may wait for them; what stands
 * in their memory, a helper reads. The event loop goes on meanwhile.
 */
#ifndef RPMSG_GUARD_HOLD_UNDECIDED_H
#define RPMSG_GUARD_HOLD_UNDECIDED_H

#include <stdbool.h>

struct undecided;

struct opener {
	int tid;
	int answer; /* the event's descriptor */
};

/* Lets a reader go on, or refuses an opener that nobody can look at. Called by any thread. */
typedef void (*answer_fn)(int answer, bool allow, void *arg);

/* Starts the thread. Returns 0 or a negative errno. */
int undecided_begin(struct undecided **out, answer_fn answer, void *arg);

/*
 * False when the thread waits for an opener and goes on. Answers that are owed are given by the kernel:
 * "allow".
 */
bool undecided_end(struct undecided *u);

/* The calls below are for one thread. */

/* A descriptor to poll: readable when there is a writer. */
int undecided_fd(const struct undecided *u);

/* Whether anybody waits: then undecided_tend() is to be called. */
bool undecided_any(const struct undecided *u);

/* False while so many wait that no more may be asked about. */
bool undecided_has_room(const struct undecided *u);

/* Now and then: replaces a thread that waits for an opener, and refuses when there are too many of those. */
void undecided_tend(struct undecided *u);

void undecided_ask(struct undecided *u, const struct opener *o);

/*
 * An opener that may write, or of which that could not be found out in time. False when there is none now.
 */
bool undecided_next_writer(struct undecided *u, struct opener *out);

#endif
