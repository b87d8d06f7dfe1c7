/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the event loop has for the thread of a remote processor: callers in the order of their coming,
 * and "look again". Everything in here is under the lock.
 */
#ifndef RPMSG_GUARD_RPROC_INBOX_H
#define RPMSG_GUARD_RPROC_INBOX_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel_side/parked.h"
#include "hold/watch.h"

/* Callers that wait at a time; one more is refused. */
#define CALLERS_MAX 16

struct unbind;

/* A thread that waits in its open of a marked file until it is answered. */
struct caller {
	int tid;
	int answer; /* for watch_answer(); not with @unbind */
	int target; /* the file, see watch_held_open() */
	enum watch_file file;
	struct unbind *unbind; /* an open that is answered for several remote processors, or NULL */
};

struct inbox {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool news; /* something was posted since the thread looked last */
	bool ends; /* the service ends: nobody will be posted any more */
	struct caller callers[CALLERS_MAX];
	size_t n;
	struct parked parked[CALLERS_MAX]; /* callers that were turned back, in no order */
	size_t n_parked;
	uint64_t crash_reported_ms; /* by the kernel side, and not looked at yet; or 0 */
	/* Of the caller that was let go: the file, and descriptors that are not known to be closed. */
	int open_target;
	unsigned int open_descriptors;
};

void inbox_begin(struct inbox *b);
void inbox_end(struct inbox *b);

/* The thread looks again, soon. */
void inbox_poke(struct inbox *b);

/* False when there is no room. */
bool inbox_post(struct inbox *b, const struct caller *c);

/* It was taken and has to be taken once more, before all others. */
void inbox_put_back(struct inbox *b, const struct caller *c);

/* A parked caller that is there already, or has no room, is passed over: it is offered again. */
void inbox_post_parked(struct inbox *b, const struct parked *p);

/* Somebody has closed the file @target, maybe the caller that was let go: see let_go_has_closed(). */
void inbox_post_closed(struct inbox *b, int target);

void inbox_post_crash(struct inbox *b);

/* Nobody will be posted any more. */
void inbox_post_end(struct inbox *b);
bool inbox_ends(struct inbox *b);

/* False when nobody waits. */
bool inbox_first(struct inbox *b, struct caller *out);
bool inbox_take(struct inbox *b, struct caller *out);

/* Whether thread @tid waits in one more open of @file; and takes it. */
bool inbox_opens_again(struct inbox *b, int tid, enum watch_file file);
bool inbox_take_again(struct inbox *b, int tid, enum watch_file file, struct caller *out);

/* All parked callers; returns how many, at most CALLERS_MAX. */
size_t inbox_take_parked(struct inbox *b, struct parked *out);

/* To be called before the answer. @more: it has others open already. */
void inbox_count_open(struct inbox *b, int target, bool more);
void inbox_forget_open(struct inbox *b);
bool inbox_all_closed(struct inbox *b);

uint64_t inbox_crash_reported(struct inbox *b);
void inbox_forget_crash(struct inbox *b);

/* Waits until something was posted since the last call, at most @ms milliseconds; returns whether it was. */
bool inbox_wait(struct inbox *b, unsigned int ms);

#endif
