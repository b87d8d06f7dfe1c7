// SPDX-License-Identifier: GPL-2.0-only
/*
 * The thread of one remote processor. Read story_tell() at the end first: everything that happens is
 * called from there.
 */
#include "rproc/story.h"

#include <limits.h>

#include "rproc/bring_down.h"
#include "rproc/crash.h"
#include "rproc/let_go.h"
#include "rproc/stand_by.h"
#include "rproc/unbind.h"
#include "rproc/waiting.h"
#include "system/files.h"

/* How long a caller that was let go to start it may sleep with the file open before it writes. */
#define START_GRACE_MS 500

/*
 * An event can come before what it announces (of a start, the last one does), so looks follow it: each waits
 * twice as long as the one before, and behind the last one only events count.
 */
#define FIRST_LOOK_MS 1000
#define LAST_LOOK_MS 8000
/* Where not every crash is told (no /dev/kmsg), it shows in the state only: one read. */
#define CRASH_LOOK_MS 100

enum turn {
	TURN_NONE,
	TURN_BRING_DOWN, /* it is up, and a caller waits */
	TURN_LET_START,	 /* it is down, and a caller waits */
	TURN_STAND_BY,	 /* the same, for an unbind */
	TURN_RECOVER,	 /* it has crashed */
	TURN_END,
};

static enum turn turn_of_callers(struct rproc *r, enum remoteproc_state state)
{
	struct caller c;

	while (inbox_first(&r->inbox, &c)) {
		if (waiting_pass_over(r, &c, state))
			continue;
		if (c.unbind && unbind_verdict(c.unbind) == VERDICT_LET_GO)
			return TURN_STAND_BY;
		if (remoteproc_is_up(state))
			return TURN_BRING_DOWN;
		return c.unbind ? TURN_STAND_BY : TURN_LET_START;
	}
	return TURN_NONE;
}

/*
 * It is down: what they get is what the kernel says, too. Let in, they might get the lock behind the next
 * boot, and take down what nobody holds.
 */
static void answer_parked_while_down(struct rproc *r)
{
	if (parked_callers_first(&r->parked))
		waiting_answer_parked(r, PARKED_DOWN);
}

static enum turn turn_now(struct rproc *r)
{
	const enum remoteproc_state state = rproc_state(r);
	enum turn turn;

	/* Those who wait may be callers of the next one that has this number: see life.h. */
	if (state == REMOTEPROC_GONE)
		return TURN_END;
	if (crash_wants_recovery(r, state))
		return TURN_RECOVER;
	if (!remoteproc_is_up(state))
		answer_parked_while_down(r);
	turn = turn_of_callers(r, state);
	if (turn == TURN_NONE && parked_callers_first(&r->parked))
		return TURN_BRING_DOWN;
	if (turn == TURN_NONE && inbox_ends(&r->inbox) && !parked_callers_need_tending(&r->parked))
		return TURN_END;
	return turn;
}

/* @next_look_ms is for one with which nothing goes on. */
static unsigned int idle_ms(struct rproc *r, unsigned int next_look_ms)
{
	if (parked_callers_need_tending(&r->parked) || inbox_crash_reported(&r->inbox))
		return LOOK_MS;
	if (!r->world->hears_crashes && r->recovery.owned)
		return CRASH_LOOK_MS;
	return next_look_ms <= LAST_LOOK_MS ? next_look_ms : UINT_MAX;
}

static enum turn next_turn(struct rproc *r)
{
	unsigned int next_look_ms = FIRST_LOOK_MS;
	enum turn turn;

	waiting_look(r);
	while ((turn = turn_now(r)) == TURN_NONE) {
		if (waiting_wait(r, idle_ms(r, next_look_ms)))
			next_look_ms = FIRST_LOOK_MS;
		else if (next_look_ms <= LAST_LOOK_MS)
			next_look_ms *= 2;
	}
	return turn;
}

static bool is_parked(const struct rproc *r, int tid)
{
	for (size_t i = 0; i < r->parked.n; i++)
		if (r->parked.waiting[i].parked.tid == tid)
			return true;
	return false;
}

/* A caller that keeps the file open and does nothing with it must not make the next one wait. */
static bool start_is_over(struct rproc *r)
{
	const struct let_go *l = &r->let_go;

	/* First: a caller that runs in user mode looks as if it wrote. */
	if (rproc_is_gone(r) || !l->there || let_go_opens_again(r))
		return true;
	/* What it wrote is "stop": that write is over, it only looks like one. */
	if (is_parked(r, l->caller.tid))
		return true;
	if (let_go_is_writing(r))
		return false;
	return let_go_has_closed(r) || clock_ms() - l->at_ms > START_GRACE_MS;
}

/*
 * With nothing to tear down this is a start, or a stop that the kernel refuses by itself. But a stop
 * that is let in while a start is under way waits for the lock of the remote processor, and then takes
 * down one that is alive. So whoever comes next waits until the first is done.
 */
static void let_start(struct rproc *r)
{
	struct kside *kside = r->world->kside;

	/*
	 * The boot probe opens it as well, where it can tell which one it is. Nobody is released where
	 * callers can be parked: a stop that is let in now may get the lock behind the boot.
	 */
	if (kside)
		kside_gate_open(kside, r->rp.index);
	if (kside && !parking_is_possible(kside))
		kside_gate_release_down(kside, r->rp.index);
	rproc_enter(r, RPROC_STARTING);
	let_go_first(r);
	while (!start_is_over(r))
		waiting_wait(r, LOOK_MS);
	if (kside && !parking_is_possible(kside))
		kside_gate_withdraw_release(kside, r->rp.index);
	let_go_end(r);
	rproc_enter(r, RPROC_IDLE);
}

void story_tell(struct rproc *r)
{
	for (;;) {
		switch (next_turn(r)) {
		case TURN_BRING_DOWN:
			bring_down(r);
			break;
		case TURN_LET_START:
			let_start(r);
			break;
		case TURN_STAND_BY:
			stand_by(r);
			break;
		case TURN_RECOVER:
			crash_recover(r);
			break;
		case TURN_NONE:
		case TURN_END:
			return;
		}
	}
}
