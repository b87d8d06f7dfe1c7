// SPDX-License-Identifier: GPL-2.0-only
#include "service/late.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "log/log.h"
#include "service/openers.h"
#include "system/files.h"

void late_offer(struct slot *s, const struct parked *p)
{
	/* Let go to start it, and what it wrote is "stop": that write is over, it only looks like one. */
	if (s->phase == SLOT_STARTING && s->n_openers && s->openers[0].tid == p->tid)
		s->n_openers = 0;
	slot_tick(s);
	/*
	 * What is under way is not theirs to change; they are offered again after it. So are those who
	 * may be of the next one of this number.
	 */
	if (slot_is_stale(s) || s->phase == SLOT_RELEASED || s->phase == SLOT_STARTING ||
	    s->recovering || s->starts_wait || !latecomers_add(&s->late, p))
		return;
	if (s->phase == SLOT_IDLE)
		late_admit(s);
}

void late_admit(struct slot *s)
{
	if (!s->guard || s->phase != SLOT_IDLE || !latecomers_first(&s->late) || slot_is_stale(s))
		return;
	if (slot_is_up(s)) {
		slot_start_hold(s);
		return;
	}
	/* Or they would be turned back again. The next boot ends the release. */
	guard_gate_release(s->guard, s->rp.index);
	latecomers_let_go(&s->late, s->guard, LATE_ALL, true);
}

static void *stop_in_their_place(void *arg)
{
	struct slot *s = arg;

	s->stop_error = pwrite(s->state_fd, "stop", 4, 0) < 0 ? -errno : 0;
	atomic_store(&s->stopper_done, true);
	slot_wake(s);
	return NULL;
}

static void start_stopper(struct slot *s)
{
	int err;

	atomic_store(&s->stopper_done, false);
	err = pthread_create(&s->stopper, NULL, stop_in_their_place, s);
	s->stopping = !err;
	if (err)
		log_error("%s: no thread for the stop: %s", s->rp.name, strerror(err));
}

void late_release(struct slot *s)
{
	if (!s->guard || !latecomers_first(&s->late))
		return;
	if (s->n_openers || latecomers_any(&s->late, LATE_RESTARTING))
		latecomers_let_go(&s->late, s->guard, LATE_RESTARTING, true);
	else
		start_stopper(s);
}

void late_stopper_done(struct slot *s)
{
	if (!s->stopping || !atomic_load(&s->stopper_done))
		return;
	pthread_join(s->stopper, NULL);
	s->stopping = false;
	if (s->stop_error)
		log_error("%s: the kernel refused the stop that was made for process %d: %s",
			  s->rp.name, latecomers_first(&s->late)->pid, strerror(-s->stop_error));
	latecomers_let_go(&s->late, s->guard, LATE_ALL, !s->stop_error);
	slot_tick(s);
}

void late_drop_dead(struct slot *s)
{
	if (s->guard)
		latecomers_tend(&s->late, s->guard);
}

bool late_is_busy(const struct slot *s)
{
	return latecomers_need_tending(&s->late);
}

bool late_may_stop(const struct slot *s)
{
	bool tickets;

	if (s->stopping)
		return true;
	if (!s->guard)
		return false;
	/*
	 * The tickets first: one that is used between the two looks shows in the second. The other way
	 * round neither sees it, the hold ends under the teardown and puts the nodes of the ttys back.
	 */
	tickets = latecomers_have_tickets(&s->late, s->guard);
	return latecomers_in_call(&s->late, s->guard) ||
	       (tickets && clock_ms() - s->released_ms <= s->config->write_timeout_ms);
}

bool late_withdraw_release(struct slot *s)
{
	if (!s->guard)
		return true;
	guard_gate_withdraw_release(s->guard, s->rp.index);
	latecomers_revoke(&s->late, s->guard);
	if (!latecomers_in_call(&s->late, s->guard) && !openers_are_writing(s))
		return true;
	guard_gate_release(s->guard, s->rp.index);
	return false;
}
