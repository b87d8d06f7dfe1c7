/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The frame of every hold of a remote processor: how it begins, and how its result is accounted for.
 */
#ifndef RPMSG_GUARD_RPROC_HELD_H
#define RPMSG_GUARD_RPROC_HELD_H

#include "rproc/rproc.h"

/* For whom: a caller that waits in its open, a parked caller, or with neither a recovery of our own. */
struct wish {
	bool is_open;
	struct caller caller;
	const struct parked *parked;
};

void held_begin(struct rproc *r, const struct wish *w);

/* hold_run(), and the episode on the disk before anybody goes on. */
enum hold_result held_run(struct rproc *r);

/* Ends it without a result: it begins anew for another caller. */
void held_drop(struct rproc *r);

/* Ends it with @result; @carried_out: the remote processor went down. */
void held_account(struct rproc *r, enum rproc_result result, bool carried_out);

/* What is told of a hold that was refused or given up. */
enum rproc_result held_without(enum hold_result result);

#endif
