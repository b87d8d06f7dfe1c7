// SPDX-License-Identifier: GPL-2.0-only
/*
 * One way down, in the order in which it happens; read bring_down() at the end first.
 *
 *	hold_for_callers()	until it is safe, refused, or nobody wants it any more
 *	release()		one caller may write now
 *	wait_until_over()	and has: it is down, or not
 *	held_account()		the result, for the log, the status and the episode (held.h)
 */
#include "rproc/bring_down.h"

#include <stdio.h>
#include <string.h>

#include "log/log.h"
#include "rproc/held.h"
#include "rproc/left_up.h"
#include "rproc/let_go.h"
#include "rproc/stand_by.h"
#include "rproc/unbind.h"
#include "rproc/waiting.h"
#include "system/apart.h"
#include "system/files.h"
#include "system/task.h"

/* A caller that has taken it down returns within moments. */
#define OUTSIDE_LOOK_MS 5

static struct kside *kside_of(const struct rproc *r)
{
	return r->world->kside;
}

/* Drops those at the head of the inbox that want nothing any more; true when another is there. */
static bool first_willing(struct rproc *r, struct caller *c)
{
	struct caller taken;

	while (inbox_first(&r->inbox, c)) {
		const bool refused = c->unbind && unbind_verdict(c->unbind) == VERDICT_REFUSED;

		if (!refused && task_alive(c->tid))
			return true;
		inbox_take(&r->inbox, &taken);
		waiting_refuse(r, &taken);
	}
	return false;
}

static bool next_wish(struct rproc *r, struct wish *w)
{
	waiting_tend_parked(r);
	w->is_open = first_willing(r, &w->caller);
	w->parked = w->is_open ? NULL : parked_callers_first(&r->parked);
	return w->is_open || w->parked;
}

static bool is_unwanted(struct rproc *r)
{
	const enum hold_cancel why = atomic_load(&r->hold.cancelled);

	return why == HOLD_GOES_ON || why == HOLD_UNWANTED;
}

/* Holds until it is safe or refused. When the caller that it is for goes, others may want the same. */
static enum hold_result hold_for_callers(struct rproc *r, struct wish *w)
{
	enum hold_result result;

	for (;;) {
		held_begin(r, w);
		result = held_run(r);
		/* Those who wait for one that has gone may be callers of the next one. */
		if (result != HOLD_CANCELLED || !is_unwanted(r) || rproc_is_gone(r) ||
		    !next_wish(r, w))
			return result;
		held_drop(r);
	}
}

/* ---- it may happen now ---- */

/*
 * The call of a deferred caller is over: what it wanted is written for it. When that takes the remote processor
 * down, all that is left for the others is what the kernel would say: there is nothing to stop, or to detach.
 * A detach fails where it was started by us meanwhile; the others may want something else.
 */
static void act_in_their_place(struct rproc *r)
{
	const struct parked p = *parked_callers_first(&r->parked);
	const char *command = p.detach ? "detach" : "stop";
	int err;

	err = apart_command(r->command_fd, command);
	if (!err) {
		waiting_answer_parked(r, PARKED_DOWN);
		return;
	}
	log_error("%s: the kernel refused the %s that the service wrote for process %d: %s",
		  r->rp.name, command, p.pid, strerror(-err));
	parked_callers_refuse_first(&r->parked, kside_of(r));
}

/*
 * The gate was not as the hold had left it: the kernel itself has begun to take it down. Whether it was booted
 * behind that, with virtqueues that nobody has held: an unbind comes by at no gate.
 */
static bool was_overtaken(struct rproc *r)
{
	const uint64_t until = clock_ms() + r->config->write_timeout_ms;

	while (kside_tearing_down(kside_of(r), r->rp.index) && rproc_is_up(r) && clock_ms() < until)
		waiting_wait(r, LOOK_MS);
	return !kside_tearing_down(kside_of(r), r->rp.index);
}

/*
 * One caller goes: the first whose open waits, or one that is parked and makes its call again. The others
 * wait for the end of that. Only when all are deferred, the first one's stop is made for it. False when it
 * has to be held once more.
 */
static bool release(struct rproc *r)
{
	struct kside *kside = kside_of(r);
	bool released;

	rproc_enter(r, RPROC_RELEASED);
	left_up_begin(r);
	released = !kside || kside_gate_release(kside, r->rp.index);
	if (!released && was_overtaken(r))
		return false;
	let_go_first(r);
	rproc_wake_service(r);
	if (r->let_go.there || !kside || !released)
		return true;
	waiting_tend_parked(r);
	if (!parked_callers_pass_one(&r->parked, kside) && parked_callers_first(&r->parked))
		act_in_their_place(r);
	return true;
}

/* ---- has it happened? ---- */

static bool parked_may_stop(const struct rproc *r)
{
	bool passes;

	if (!kside_of(r))
		return false;
	/*
	 * The passes first: one that is used between the two looks shows in the second. The other way
	 * round neither sees it, the hold ends under the teardown and puts the nodes of the ttys back.
	 */
	passes = parked_callers_have_passes(&r->parked, kside_of(r));
	return parked_inside(kside_of(r), r->rp.index) ||
	       (passes && clock_ms() - r->let_go.at_ms <= r->config->write_timeout_ms);
}

/*
 * Whoever comes to rproc_shutdown() from here on is turned back once more. False when somebody came
 * in before that, be it through a descriptor of long ago: then nothing has changed. Without the kernel
 * side a write that begins at this very moment slips through.
 */
static bool withdraw_release(struct rproc *r)
{
	struct kside *kside = kside_of(r);

	if (!kside)
		return true;
	/*
	 * The passes first, because the other one has the barrier: a probe that has seen a pass or the release has
	 * written down by then whom it lets in. Where that caller is now says nothing: behind its call it may write
	 * to anything, for as long as it likes.
	 */
	parked_callers_revoke(&r->parked, kside);
	kside_gate_withdraw_release(kside, r->rp.index);
	if (!parked_inside(kside, r->rp.index) && !let_go_is_writing(r))
		return true;
	kside_gate_release(kside, r->rp.index);
	return false;
}

static bool account_down(struct rproc *r, enum remoteproc_state state, bool safe)
{
	hold_event(&r->hold, "stopped: %s is %s", r->rp.name, remoteproc_state_name(state));
	rproc_set_torn_down(r, false);
	/* Before the next caller is let go, who may start it. */
	if (r->world->kside)
		kside_channels_may_be_gone(r->world->kside);
	held_account(r, safe ? RESULT_STOPPED : RESULT_STOPPED_UNSAFELY, true);
	return true;
}

/* The callers that were let go are done, and it was up; false when somebody is in its call after all. */
static bool account_up(struct rproc *r, bool safe, const char *why)
{
	enum remoteproc_state state;
	enum rproc_result result;

	if (!withdraw_release(r))
		return false;
	/* Once more, when nobody is inside any more: a caller may have ended its call behind the look before. */
	state = rproc_state(r);
	if (!remoteproc_is_up(state))
		return account_down(r, state, safe);
	result = left_up(r, state, safe, why);
	held_account(r, result, result != RESULT_NOT_CARRIED_OUT);
	return true;
}

/* Whether the open of the caller that was let go waits for other remote processors. */
static bool waits_for_others(struct rproc *r)
{
	struct let_go *l = &r->let_go;

	if (!l->there || !l->caller.unbind)
		return false;
	switch (unbind_verdict(l->caller.unbind)) {
	case VERDICT_NONE:
		return true;
	case VERDICT_LET_GO:
		l->at_ms = l->caller.unbind->let_go_ms;
		return false;
	case VERDICT_REFUSED:
		l->there = false;
		return false;
	}
	return false;
}

/* Whoever waits still waits. If it is up again, it is held for them in the next turn. */
static bool account_overtaken(struct rproc *r)
{
	snprintf(r->hold.reason, sizeof(r->hold.reason),
		 "it went down before the hold was "
		 "complete%s",
		 rproc_is_up(r) ? " and was started again; the guard holds it again" : "");
	hold_event(&r->hold, "given up: %s", r->hold.reason);
	held_account(r, RESULT_GIVEN_UP, false);
	return true;
}

/* While others are waited for. A teardown that is under way ends in a state that is down, or in a boot. */
static bool is_overtaken(struct rproc *r)
{
	return kside_of(r) && !kside_gate_is_released(kside_of(r), r->rp.index) &&
	       !kside_tearing_down(kside_of(r), r->rp.index);
}

/*
 * Accounts for it when it is over. When the caller that was let go opens the file again, what it was let
 * go for is over, unless it opens the file several times before it writes ("tee state state"). That it
 * has closed it may not have been told yet.
 */
static bool is_over(struct rproc *r, bool safe)
{
	/* First: a caller that waits in its next open is behind the one before, and has that file or not. */
	const bool again = let_go_opens_again(r);
	/* Before the state: a caller that ends its write in between has changed it by then. */
	const bool writing = let_go_is_writing(r), held_open = let_go_holds_open(r);
	const bool closed = let_go_has_closed(r);
	const enum remoteproc_state state = rproc_state(r);

	/* A recovery passes through "offline". */
	if (state == REMOTEPROC_GONE ||
	    (!remoteproc_is_up(state) && !(writing && r->let_go.caller.file == WATCH_RECOVERY)))
		return account_down(r, state, safe);
	if (again && held_open)
		let_go_once_more(r);
	if (waits_for_others(r))
		return is_overtaken(r) && account_overtaken(r);
	if (parked_may_stop(r))
		return false;
	if (!r->let_go.there)
		return account_up(r, safe, "the caller has ended");
	if (writing)
		return false;
	if (closed || (again && !held_open))
		return account_up(r, safe,
				  let_go_is_removal(r) ? "the call has ended"
						       : "the file was closed");
	if (clock_ms() - r->let_go.at_ms > r->config->write_timeout_ms)
		return account_up(r, safe,
				  "the caller has opened the file, but has not written "
				  "to it");
	return false;
}

/*
 * It is over, and somebody who was let in may still wait for the lock of the remote processor: behind the
 * next boot it would take down what nobody holds.
 */
static void wait_until_outside(struct rproc *r)
{
	const uint64_t until = clock_ms() + r->config->write_timeout_ms;

	if (!kside_of(r))
		return;
	rproc_enter(r, RPROC_STARTING);
	/*
	 * The teardown has ended the release and the passes. A probe that had seen them before may not have
	 * written down yet whom it lets in: behind the barrier it has.
	 */
	kside_gate_withdraw_release(kside_of(r), r->rp.index);
	while (parked_inside(kside_of(r), r->rp.index) && clock_ms() < until && !rproc_is_gone(r))
		waiting_wait(r, OUTSIDE_LOOK_MS);
	rproc_enter(r, RPROC_IDLE);
}

static void wait_until_over(struct rproc *r, bool safe)
{
	/* It has to come back from its open first, and on a machine with one CPU it would wait for this look. */
	if (r->let_go.there)
		waiting_wait(r, LOOK_MS);
	while (!is_over(r, safe))
		waiting_wait(r, LOOK_MS);
	wait_until_outside(r);
}

/*
 * It went by another way while it was held. Nobody is released: that would be good for the next one
 * of its number, too. What those who waited write fails with ENODEV, in the kernel's own words.
 */
static void account_gone(struct rproc *r, enum hold_result result)
{
	struct caller c;

	while (inbox_first(&r->inbox, &c) && waiting_for_one_that_has_gone(&c)) {
		inbox_take(&r->inbox, &c);
		watch_answer(r->world->watch, c.answer, true);
	}
	waiting_tend_parked(r);
	waiting_answer_parked(r, PARKED_DOWN);
	if (result == HOLD_SAFE || result == HOLD_UNSAFE)
		account_down(r, REMOTEPROC_GONE, result == HOLD_SAFE);
	else
		held_account(r, held_without(result), true);
}

void bring_down(struct rproc *r)
{
	enum hold_result result;
	struct wish w;

	if (!next_wish(r, &w))
		return;
	result = hold_for_callers(r, &w);
	if (rproc_is_gone(r)) {
		account_gone(r, result);
	} else if (result == HOLD_SAFE || result == HOLD_UNSAFE) {
		if (release(r))
			wait_until_over(r, result == HOLD_SAFE);
		else
			account_overtaken(r);
	} else {
		waiting_refuse_all(r);
		/* It may have gone down all the same, by another way. */
		held_account(r, held_without(result), !rproc_is_up(r));
	}
	if (r->let_go.caller.unbind)
		unbind_part_is_over(r, &r->let_go.caller);
	let_go_end(r);
}
