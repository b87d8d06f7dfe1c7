// SPDX-License-Identifier: GPL-2.0-only
/* Recovers a remote processor that has crashed, as the kernel would, but held. */
#include "rproc/crash.h"

#include <string.h>

#include "log/log.h"
#include "rproc/held.h"
#include "rproc/left_up.h"
#include "system/files.h"

/*
 * The kernel acts on a report in a work item that waits for the remote processor's lock, which a
 * boot may hold for as long as it takes to load the firmware.
 */
#define REPORT_PATIENCE_MS 10000

/* See recovery_note_state(). */
static void leave_attached(const struct rproc *r)
{
	log_as(LOG_NOT_RECOVERED, LVL_ERROR,
	       "%s: crashed, and the guard does not recover it: it was attached, and the "
	       "kernel's recovery of an attached remote processor frees memory twice. Try "
	       "\"echo stop >%s/state\"; if the kernel refuses this, reset the board",
	       r->rp.name, r->rp.sysfs);
}

static bool is_new(struct rproc *r)
{
	inbox_forget_crash(&r->inbox);
	if (r->crash_handled)
		return false;
	r->crash_handled = true;
	if (r->recovery.owned && r->recovery.attached) {
		leave_attached(r);
		return false;
	}
	if (r->recovery.owned) {
		log_as(LOG_CRASHED, LVL_WARNING,
		       "%s: crashed; the guard recovers it when no sender is inside", r->rp.name);
		return true;
	}
	log_as(LOG_CRASHED, LVL_NOTICE, "%s: crashed; its recovery is %s%s", r->rp.name,
	       recovery_text(&r->recovery),
	       r->world->kside ? "; the guard refuses sends until it is recovered" : "");
	return false;
}

/* A report may come when it is stopped already, and then the kernel does nothing about it. */
static void forget_report(struct rproc *r, enum remoteproc_state state)
{
	struct kside *kside = r->world->kside;

	inbox_forget_crash(&r->inbox);
	if (!kside || !kside_gate_is_closed(kside, r->rp.index) ||
	    kside_tearing_down(kside, r->rp.index))
		return;
	kside_gate_open(kside, r->rp.index);
	log_notice("%s: a crash was reported, but it is %s; gate open again", r->rp.name,
		   remoteproc_state_name(state));
}

bool crash_wants_recovery(struct rproc *r, enum remoteproc_state state)
{
	const uint64_t reported_ms = inbox_crash_reported(&r->inbox);

	recovery_note_state(&r->recovery, state);
	if (state == REMOTEPROC_CRASHED)
		return is_new(r);
	r->crash_handled = false;
	if (reported_ms &&
	    (!remoteproc_is_up(state) || !kside_gate_is_closed(r->world->kside, r->rp.index) ||
	     clock_ms() - reported_ms > REPORT_PATIENCE_MS))
		forget_report(r, state);
	return false;
}

static void stays_crashed(struct rproc *r, enum rproc_result result)
{
	log_as(LOG_NOT_RECOVERED, LVL_ERROR,
	       "%s: not recovered, stays crashed: %s. To try again: echo recover >%s/recovery",
	       r->rp.name, r->hold.reason[0] ? r->hold.reason : "the kernel did not recover it",
	       r->rp.sysfs);
	held_account(r, result, false);
}

static void conclude(struct rproc *r, bool safe)
{
	const enum remoteproc_state state = rproc_state(r);

	if (!remoteproc_is_up(state)) {
		log_as(LOG_NOT_RECOVERED, LVL_ERROR,
		       "%s: the recovery failed, it is %s; see the kernel's log", r->rp.name,
		       remoteproc_state_name(state));
		held_account(r, RESULT_NOT_RECOVERED, true);
		return;
	}
	if (state == REMOTEPROC_CRASHED &&
	    (left_torn_down(r) || !virtio_bindings_lost(&r->rp, &r->bindings)))
		stays_crashed(r, RESULT_NOT_RECOVERED);
	else
		held_account(r, left_up(r, state, safe, ""), true);
}

void crash_recover(struct rproc *r)
{
	const struct wish nobody = { 0 };
	enum hold_result result;
	int err;

	held_begin(r, &nobody);
	result = held_run(r);
	if (result == HOLD_CANCELLED && rproc_is_gone(r)) {
		held_account(r, RESULT_GIVEN_UP, true);
		return;
	}
	if (result == HOLD_REFUSED || result == HOLD_CANCELLED) {
		stays_crashed(r, result == HOLD_REFUSED ? RESULT_LEFT_CRASHED : RESULT_GIVEN_UP);
		return;
	}
	err = recovery_recover(&r->recovery);
	if (err)
		log_error("%s: the write of \"recover\" failed: %s", r->rp.name, strerror(-err));
	conclude(r, result == HOLD_SAFE);
}
