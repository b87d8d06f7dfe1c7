// SPDX-License-Identifier: GPL-2.0-only
/* Whether the call that an unbind or a removal was let go for is still to come, under way, or over. */
#include "rproc/unbind.h"

#include "system/files.h"
#include "system/task.h"

static bool any_safe(struct unbind *u)
{
	bool any = false;

	pthread_mutex_lock(&u->all->lock);
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		any |= u->rprocs[i] && u->parts[i] == PART_SAFE;
	pthread_mutex_unlock(&u->all->lock);
	return any;
}

/* The pass first: a caller that uses it between the two looks shows in the second. */
static bool is_removing(const struct unbind *u, uint64_t since_ms)
{
	struct kside *kside = u->all->kside;

	if (removal_has_pass(kside, &u->removal)) {
		if (since_ms <= u->write_timeout_ms && task_alive(u->tid))
			return true;
		if (removal_revoke(kside, &u->removal))
			return false;
	}
	return removal_is_inside(kside, &u->removal);
}

/* A caller that runs for that long is in user mode: an unbind sleeps when it takes long. */
static bool is_writing(const struct unbind *u, uint64_t since_ms)
{
	if (u->is_removal)
		return is_removing(u, since_ms);
	return watch_held_open(u->all->watch, u->target, u->tid) && task_is_writing(u->tid) &&
	       (task_whereabouts(u->tid) != TASK_RUNNING || since_ms < u->write_timeout_ms);
}

bool unbind_is_called(struct unbind *u)
{
	return unbind_verdict(u) == VERDICT_LET_GO && is_writing(u, clock_ms() - u->let_go_ms);
}

bool unbind_is_going_on(struct unbind *u, struct rproc *r)
{
	uint64_t since_ms;
	bool opening;

	if (unbind_verdict(u) != VERDICT_LET_GO)
		return false;
	since_ms = clock_ms() - u->let_go_ms;
	/*
	 * Right after the answer the file is not among the caller's descriptors yet, and a close that is told
	 * may be another caller's. First: what it does not have behind its open, it has closed.
	 */
	opening = task_is_opening(u->tid);
	return any_safe(u) || is_writing(u, since_ms) ||
	       ((opening || !inbox_all_closed(&r->inbox)) && task_alive(u->tid) &&
		since_ms <= u->write_timeout_ms);
}
