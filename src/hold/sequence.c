// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sequence of a hold. The order of the steps is the argument for safety:
 *
 *  0. Close behind a start, the announcements that are still to come are waited for (announced.c).
 *     Nothing is refused while they are, and they need no gate to be waited for.
 *  1. The gate closes first, so that no send that starts later gets in; after the barrier in
 *     kside_gate_close() everyone who is inside is on record.
 *  2. Newcomers are kept out before the hang-up, or programs that reopen on EIO undo it.
 *  3. Opens that had begun before that are waited for, so that the hang-up meets every descriptor,
 *     and releases, so that a tty which nobody has open any more is not torn down under one (see
 *     settle.c).
 *     Then senders that sleep for a buffer of a hung remote processor are woken and leave (see
 *     senders.c), because the hang-up waits for them and they would take 15 s.
 *  4. The hang-up makes later writes through open descriptors fail in the tty core, before the
 *     driver, and waits for writers that are inside the line discipline.
 *  5. Senders that are not tty writers (rpmsg_char, the kernel's own) are waited for by record.
 *  6. A hung-up descriptor that is closed after the teardown touches the driver's freed port, so
 *     the closes are waited for. Where the driver counts the references to its port (the kernel's
 *     own rpmsg_tty) the port outlives the teardown, and nobody waits. Steps 2 to 4 are for those
 *     ttys, too: their driver hangs up by itself only when its channel is removed, in a work item
 *     that nobody waits for, so that a writer may still be inside a send when the virtqueues go
 *     (seen on 6.1, in one of four stops).
 *     Character devices of other kinds cannot be hung up: their descriptors are only waited for
 *     (chardevs.c). Before that, who polls one is made to leave the queues that the stop frees (pollers.c):
 *     behind the drain, when no poll is inside that began before the gate was closed.
 *  7. The port is mended behind that: it takes a moment when nobody else has the tty open. Then interrupts
 *     whose delivery takes long are waited for (receivers.c).
 *  8. The remote processor may have announced a channel meanwhile, whose tty nobody was kept out
 *     of, or the kernel may have optimized or skipped probes, so that the gate has
 *     refused nobody (system/optimization.c, kernel_side/missed.c): then everything from step 2 on is done once more. A channel whose driver is
 *     being probed would outlive the teardown, so a probe is waited for, whenever it comes (system/bound.h).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hold/steps.h"
#include "kernel_side/kside.h"
#include "log/log.h"
#include "system/files.h"
#include "system/kernel_work.h"
#include "system/optimization.h"
#include "system/standstill.h"
#include "system/task.h"

/* How often a hold may begin anew. Only root can make it, and a program that does it again and again may. */
#define ROUNDS_ANEW 3

void hold_begin(struct hold *h, const struct remoteproc *rp, const struct rproc_config *config,
		struct kside *kside, int caller)
{
	char comm[16];

	memset(h, 0, sizeof(*h));
	h->rp = *rp;
	h->config = config;
	h->kside = kside;
	h->caller = caller;
	h->requested_ms = clock_ms();
	h->deadline_ms = h->requested_ms + config->hold_timeout_ms;
	h->standstill_ms = standstill_ms();
	pthread_mutex_init(&h->progress_lock, NULL);
	task_comm(caller ? caller : getpid(), comm);
	snprintf(h->caller_comm, sizeof(h->caller_comm), "%s", comm);
	snprintf(h->caller_name, sizeof(h->caller_name), "%s (pid %d)", comm,
		 caller ? caller : getpid());
	h->action = TL_ACTION_STOP;
	snprintf(h->request, sizeof(h->request), "stop requested by %s", h->caller_name);
}

static bool gate_is_bypassed(struct hold *h)
{
	const char *function = h->kside ? kside_bypassed(h->kside) : NULL;
	char what[160];

	if (!function)
		return false;
	snprintf(what, sizeof(what),
		 "is not reliable: another program has a BPF trampoline (fentry, fexit) on %s",
		 function);
	hold_give_up(h, TL_CAUSE_GATE, "the gate", what, -EBUSY);
	return true;
}

static bool close_gate(struct hold *h)
{
	int err = optimization_look();

	if (gate_is_bypassed(h))
		return false;
	h->optimizations = optimization_times();
	if (!err && h->kside)
		err = kside_gate_close(h->kside, h->rp.index);
	if (err && err != -ERANGE) {
		hold_give_up(h, TL_CAUSE_GATE, "the gate", "could not be closed", err);
		return false;
	}
	if (err)
		hold_event(h, "no gate for a remote processor with such a high number: the hold "
			      "waits for sends and does not refuse them");
	else if (h->kside)
		hold_step(h, TL_GATE_CLOSED, -1, "gate closed");
	/* What was missed before this is found by the drain. */
	h->missed = h->kside ? kside_missed(h->kside) : 0;
	hold_set_state(h, HOLD_GATE_CLOSED);
	return true;
}

static enum hold_result unfinished(struct hold *h, enum waited why)
{
	return hold_unfinished(h, why, h->config->on_timeout == ON_TIMEOUT_PROCEED);
}

/* With the gate closed. */
static enum hold_result quiesce(struct hold *h)
{
	static enum waited (*const steps[])(
		struct hold * h) = { hooks_wait,    probes_wait,  ttys_keep_out, ttys_settle,
				     senders_eject, ttys_hang_up, senders_drain, pollers_leave };
	enum waited waited = WAITED_DONE;
	enum hold_result result;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && waited == WAITED_DONE; i++)
		waited = steps[i](h);
	result = waited == WAITED_DONE ? ttys_wait_closed(h) : unfinished(h, waited);
	if (result == HOLD_SAFE || result == HOLD_UNSAFE)
		ttys_mend(h, result == HOLD_SAFE);
	return result;
}

/*
 * Probes before ttys: a probe that makes its tty and ends between the two looks shows in the second. The
 * other way round neither sees it.
 */
static bool newcomers(struct hold *h)
{
	return hooks_missing(h) || probes_under_way(h) || ttys_newcomers(h);
}

enum gate { GATE_SOUND, GATE_OPTIMIZED, GATE_MISSED, GATE_LOST };

static enum gate round_anew(struct hold *h, enum gate why)
{
	if (h->rounds_anew++ < ROUNDS_ANEW)
		return why;
	hold_give_up(h, TL_CAUSE_GATE, "the gate",
		     why == GATE_OPTIMIZED
			     ? "is not reliable: a program allows the kernel to optimize kprobes "
			       "again and again"
			     : "is not reliable: another program calls bpf() again and again, and "
			       "the kernel skips the guard's hooks meanwhile",
		     -EAGAIN);
	return GATE_LOST;
}

/*
 * Where probes may have been optimized meanwhile, or were skipped, a sender may be inside that the gate would
 * have refused.
 */
static enum gate look_at_gate(struct hold *h)
{
	const int err = optimization_look();
	const unsigned int times = optimization_times();
	const uint64_t missed = h->kside ? kside_missed(h->kside) : 0;

	if (err) {
		hold_give_up(h, TL_CAUSE_GATE, "the gate",
			     "is not reliable: the kernel optimizes kprobes", err);
		return GATE_LOST;
	}
	if (times != h->optimizations) {
		h->optimizations = times;
		return round_anew(h, GATE_OPTIMIZED);
	}
	if (missed != h->missed) {
		h->missed = missed;
		kside_distrust_records(h->kside);
		return round_anew(h, GATE_MISSED);
	}
	return gate_is_bypassed(h) ? GATE_LOST : GATE_SOUND;
}

/*
 * Such a sender is on no record. Where its thread cannot be found, the next drain waits until it must be out: that
 * takes most of a hold's time.
 */
static void begin_anew(struct hold *h, enum gate why)
{
	hold_event(
		h,
		why == GATE_OPTIMIZED
			? "the kernel may have optimized kprobes during the hold: the hold starts "
			  "again"
			: "the kernel has skipped the guard's hooks during the hold, because "
			  "another program calls bpf(): the hold starts again");
	h->deadline_ms = clock_ms() + h->config->hold_timeout_ms;
}

/*
 * The kernel puts the last reference to a tty that was closed in a work item. A recovery starts the remote processor in
 * the same call, and its driver would find the name of the tty in use. After a stop ttys_end() waits for that.
 */
static void let_ttys_go(const struct hold *h)
{
	if (h->action == TL_ACTION_RECOVERY && h->n_ttys && !kernel_work_flush())
		log_debug("%s: work items of the kernel cannot be waited for", h->rp.name);
}

/* A hold that had to wait gave senders the time to come in unseen behind the drain. */
static enum hold_result look_who_is_inside(struct hold *h)
{
	enum waited waited = receivers_leave(h);

	if (waited == WAITED_DONE && h->met_somebody)
		waited = unrecorded_leave(h);
	return waited == WAITED_DONE ? HOLD_SAFE : unfinished(h, waited);
}

static enum hold_result sequence(struct hold *h)
{
	enum hold_result result;
	enum gate gate;

	if (announced_wait(h) == WAITED_CANCELLED)
		return HOLD_CANCELLED;
	if (!close_gate(h))
		return unfinished(h, WAITED_FAILED);
	do {
		result = quiesce(h);
		if (result != HOLD_SAFE)
			return result;
		let_ttys_go(h);
		result = look_who_is_inside(h);
		if (result != HOLD_SAFE)
			return result;
		gate = look_at_gate(h);
		switch (gate) {
		case GATE_LOST:
			return unfinished(h, WAITED_FAILED);
		case GATE_OPTIMIZED:
		case GATE_MISSED:
			begin_anew(h, gate);
			continue;
		case GATE_SOUND:
			break;
		}
		if (!newcomers(h))
			return HOLD_SAFE;
	} while (clock_ms() < h->deadline_ms);
	hold_give_up(h, TL_CAUSE_CHANNELS_COME, "the firmware",
		     "announces new channels faster than the hold can handle them", -ETIME);
	return unfinished(h, WAITED_FAILED);
}

static void say_why_given_up(struct hold *h)
{
	switch (atomic_load(&h->cancelled)) {
	case HOLD_GOES_ON:
		h->cause = TL_CAUSE_CALLER_GONE;
		hold_event(h, "given up: the caller %s has ended", h->caller_name);
		break;
	case HOLD_INTERRUPTED:
		hold_event(h, "given up: interrupted by a signal");
		break;
	case HOLD_UNWANTED:
		hold_event(h, "given up: the request of %s was refused", h->caller_name);
		break;
	case HOLD_RPROC_GONE:
		hold_event(h, "given up: %s is gone", h->rp.name);
		break;
	}
}

enum hold_result hold_run(struct hold *h)
{
	enum hold_result result;

	hold_step(h, TL_HELD, -1, "%s: held", h->request);
	result = sequence(h);
	if (result == HOLD_SAFE) {
		hold_step(h, TL_RELEASED, -1, "released: the %s may go on",
			  timeline_action_name(h->action));
	} else if (result == HOLD_UNSAFE) {
		log_as(LOG_UNSAFE, LVL_WARNING, "%s: UNSAFE %s goes on: %s", h->rp.name,
		       timeline_action_name(h->action), h->reason);
		hold_mark(h, &(struct hold_step){
				     .event = TL_RELEASED, .text = h->reason, .senders = -1 });
	} else if (result == HOLD_REFUSED) {
		log_as(LOG_REFUSED, LVL_WARNING, "%s: %s refused: %s", h->rp.name,
		       timeline_action_name(h->action), h->reason);
	} else {
		say_why_given_up(h);
	}
	hold_set_state(h, HOLD_RELEASED);
	return result;
}

void hold_end(struct hold *h, bool carried_out)
{
	if (!carried_out && h->kside)
		kside_gate_open(h->kside, h->rp.index);
	if (!carried_out)
		pollers_return(h);
	ttys_end(h, carried_out);
	pthread_mutex_destroy(&h->progress_lock);
}
