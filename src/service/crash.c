// SPDX-License-Identifier: GPL-2.0-only
#include "service/crash.h"

#include <string.h>

#include "log/log.h"
#include "system/files.h"

/*
 * The kernel acts on a report in a work item that waits for the remote processor's lock, which a
 * boot may hold for as long as it takes to load the firmware.
 */
#define REPORT_PATIENCE_MS 10000

bool crash_is_now(const struct slot *s)
{
	return remoteproc_read_state(s->state_fd) == REMOTEPROC_CRASHED;
}

void crash_reported(struct slot *s)
{
	s->crash_reported_ms = clock_ms();
	slot_tick(s);
}

static void leave_crashed(struct slot *s)
{
	log_notice("%s has crashed; its recovery is %s%s", s->rp.name, recovery_text(&s->recovery),
		   s->guard ? ", sends are refused until then" : "");
}

static void handle(struct slot *s)
{
	s->crash_reported_ms = 0;
	if (s->crash_handled)
		return;
	s->crash_handled = true;
	if (s->recovery.owned)
		slot_start_hold(s);
	else
		leave_crashed(s);
}

/* A report may come when it is stopped already, and then the kernel does nothing about it. */
static void forget_report(struct slot *s)
{
	s->crash_reported_ms = 0;
	if (!s->guard || !guard_gate_is_closed(s->guard, s->rp.index) ||
	    guard_tearing_down(s->guard, s->rp.index))
		return;
	guard_gate_open(s->guard, s->rp.index);
	log_notice("%s: a crash was reported, but it is %s; gate open again", s->rp.name,
		   remoteproc_state_name(remoteproc_read_state(s->state_fd)));
}

void crash_look(struct slot *s)
{
	const enum remoteproc_state state = remoteproc_read_state(s->state_fd);

	if (state == REMOTEPROC_CRASHED) {
		handle(s);
		return;
	}
	s->crash_handled = false;
	if (!s->crash_reported_ms)
		return;
	if (!remoteproc_is_up(state) || !guard_gate_is_closed(s->guard, s->rp.index) ||
	    clock_ms() - s->crash_reported_ms > REPORT_PATIENCE_MS)
		forget_report(s);
}

static void stays_crashed(struct slot *s, const char *result)
{
	log_error("%s stays crashed: %s; \"echo recover >%s/recovery\" tries again", s->rp.name,
		  s->hold.reason[0] ? s->hold.reason : "the kernel did not recover it",
		  s->rp.sysfs);
	slot_finish(s, result, false);
}

static void conclude(struct slot *s, enum remoteproc_state state)
{
	if (state == REMOTEPROC_CRASHED && !virtio_bindings_lost(&s->rp, &s->bindings)) {
		stays_crashed(s, "not recovered");
		return;
	}
	if (!remoteproc_is_up(state)) {
		log_error("%s could not be recovered, it is %s; the kernel's log says why",
			  s->rp.name, remoteproc_state_name(state));
		slot_finish(s, "not recovered", true);
		return;
	}
	/* It may have crashed again by now: then the next look begins anew, as the kernel would. */
	hold_event(&s->hold, "recovered: %s is %s", s->rp.name, remoteproc_state_name(state));
	if (s->guard && state != REMOTEPROC_CRASHED)
		guard_gate_open(s->guard, s->rp.index);
	s->recoveries++;
	slot_finish(s, s->result == HOLD_UNSAFE ? "recovered unsafely" : "recovered", true);
}

void crash_recovered(struct slot *s)
{
	if (s->result == HOLD_REFUSED || s->result == HOLD_CANCELLED) {
		stays_crashed(s, s->result == HOLD_REFUSED ? "left crashed" : "given up");
		return;
	}
	if (s->recover_error)
		log_error("%s: \"recover\" failed: %s", s->rp.name, strerror(-s->recover_error));
	conclude(s, remoteproc_read_state(s->state_fd));
}
