/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the guard of a remote processor begins and ends. Numbers (remoteprocN) are used again: when the
 * remote processor has gone and another has its number, those who wait in the inbox may be callers of
 * the next one, and are handed over to it. All of this is for the event loop.
 */
#ifndef RPMSG_GUARD_RPROC_LIFE_H
#define RPMSG_GUARD_RPROC_LIFE_H

#include "rproc/rproc.h"

/* Begins to guard @rp; returns 0 or a negative errno with nothing left behind. */
int rproc_begin(struct rproc *r, const struct remoteproc *rp, const struct rproc_config *config,
		const struct rproc_world *world);

/*
 * Begins to guard @rp, which has the number of the one that has gone (rproc_has_left()), and takes over
 * those that wait. With an error it has ended.
 */
int rproc_renew(struct rproc *r, const struct remoteproc *rp, const struct rproc_config *config);

/* The remote processor has gone: a hold that is going on is given up. */
void rproc_leave(struct rproc *r);

/* The service ends: the thread ends when nobody waits. */
void rproc_ask_end(struct rproc *r);

/* Whether its thread has come to its end after one of the two. */
bool rproc_has_left(struct rproc *r);

/* Waits until the thread has come to its end, and closes all. */
void rproc_end(struct rproc *r);

#endif
