// SPDX-License-Identifier: GPL-2.0-only
#include "service/slot.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log/log.h"
#include "service/crash.h"
#include "service/late.h"
#include "service/openers.h"
#include "service/unbind.h"
#include "system/files.h"
#include "system/task.h"

/* How long one that was let go to start it may sleep with the file open before it writes. */
#define START_GRACE_MS 500

bool slot_is_busy(const struct slot *s)
{
	return s->phase != SLOT_IDLE || s->crash_reported_ms || late_is_busy(s);
}

bool slot_is_up(const struct slot *s)
{
	return remoteproc_is_up(remoteproc_read_state(s->state_fd));
}

void slot_wake(const struct slot *s)
{
	const uint64_t one = 1;

	/* Fails only when the counter is full, and then the service is awake anyway. */
	if (write(s->done_fd, &one, sizeof(one)) < 0)
		log_debug("%s: wake-up not needed", s->rp.name);
}

static void *worker(void *arg)
{
	struct slot *s = arg;

	s->result = hold_run(&s->hold);
	/* Nothing that is worth a wait for the disk can happen to a stop that is in nobody's way. */
	if (s->hold.met_somebody)
		episode_flush(&s->episode);
	if (s->recovering && (s->result == HOLD_SAFE || s->result == HOLD_UNSAFE))
		s->recover_error = recovery_recover(&s->recovery);
	atomic_store(&s->worker_done, true);
	slot_wake(s);
	return NULL;
}

static void refuse_all(struct slot *s)
{
	openers_answer_all(s, false);
	if (s->guard)
		latecomers_let_go(&s->late, s->guard, LATE_ALL, false);
}

/*
 * With nothing to tear down this is a start, or a stop that the kernel refuses by itself. But a stop
 * that is let in while a start is under way waits for the lock of the remote processor, and then takes
 * down one that is alive. So whoever comes next waits here until the first is done.
 */
static void let_start(struct slot *s, const struct opener *o)
{
	/*
	 * The boot probe opens it as well, where it can tell which one it is. Until then there is
	 * nothing to turn anybody back from: the kernel's own error is what they want.
	 */
	if (s->guard) {
		guard_gate_open(s->guard, s->rp.index);
		guard_gate_release(s->guard, s->rp.index);
	}
	s->openers[0] = *o;
	s->n_openers = 1;
	s->phase = SLOT_STARTING;
	openers_release_first(s);
}

/* Whether somebody was let go whose write has to be over before anybody else is. */
static bool is_taken(const struct slot *s)
{
	return s->phase == SLOT_RELEASED || s->phase == SLOT_STARTING || s->recovering;
}

/* Holds the opener, or lets it go at once where it can tear nothing down. */
static void admit(struct slot *s, const struct opener *o)
{
	const enum remoteproc_state state = remoteproc_read_state(s->state_fd);

	/* The answer is a descriptor of the very file: of one that has gone, the kernel refuses it. */
	if (!o->ticket && remoteproc_read_state(o->answer) == REMOTEPROC_GONE) {
		watch_answer(s->watch, o->answer, true);
		return;
	}
	/* The file is there and ours is not: it was replaced, see slot_renew(). */
	if (state == REMOTEPROC_GONE) {
		openers_queue(s, s->queued, &s->n_queued, o);
		return;
	}
	if (o->file == WATCH_RECOVERY && state != REMOTEPROC_CRASHED) {
		watch_answer(s->watch, o->answer, true);
		return;
	}
	if (is_taken(s)) {
		openers_queue(s, s->queued, &s->n_queued, o);
		return;
	}
	if (s->phase == SLOT_IDLE && !remoteproc_is_up(state)) {
		if (!o->ticket)
			let_start(s, o);
		return;
	}
	openers_queue(s, s->openers, &s->n_openers, o);
	if (s->phase == SLOT_IDLE && s->n_openers)
		slot_start_hold(s);
}

/* Those that came in the meantime: another stop, or a start that waited for the stop to be over. */
void slot_admit_queued(struct slot *s)
{
	struct opener queued[OPENERS_MAX];
	const size_t n = s->n_queued;

	if (s->phase != SLOT_IDLE || s->starts_wait || slot_is_stale(s))
		return;
	memcpy(queued, s->queued, n * sizeof(queued[0]));
	s->n_queued = 0;
	for (size_t i = 0; i < n; i++)
		admit(s, &queued[i]);
}

void slot_look(struct slot *s)
{
	announced_look(&s->announced, slot_is_up(s));
}

static void become_idle(struct slot *s)
{
	slot_look(s);
	if (s->phase == SLOT_STARTING && s->guard)
		guard_gate_withdraw_release(s->guard, s->rp.index);
	s->n_openers = 0;
	s->open_descriptors = 0;
	s->released_ms = 0;
	s->recovering = false;
	s->phase = SLOT_IDLE;
	slot_admit_queued(s);
	late_admit(s);
}

void slot_finish(struct slot *s, const char *result, bool carried_out)
{
	s->last_result = result;
	s->last_action = s->hold.action;
	s->last_held_ms = (s->released_ms ? s->released_ms : clock_ms()) - s->hold.requested_ms;
	s->last_at = time(NULL);
	snprintf(s->last_caller, sizeof(s->last_caller), "%s", s->hold.caller_name);
	snprintf(s->last_reason, sizeof(s->last_reason), "%s", s->hold.reason);
	if (carried_out)
		s->crash_handled = false; /* the next one is another */
	s->stops += carried_out && strcmp(s->hold.action, "recovery") != 0;
	if (s->result == HOLD_SAFE)
		announced_remember(&s->announced, &s->hold);
	episode_end(&s->episode, result, s->hold.reason, carried_out);
	hold_end(&s->hold, carried_out);
	/* Nobody consumes what is sent to one that has crashed. */
	if (!carried_out && s->guard && crash_is_now(s))
		guard_gate_close(s->guard, s->rp.index);
	become_idle(s);
}

/* Refused or given up. It may have gone down all the same, by another way. */
static void finish_without(struct slot *s, const char *result)
{
	slot_finish(s, result, !slot_is_up(s));
}

static void describe_request(struct hold *h, const struct opener *o, const struct parked *late)
{
	if (!o && late) {
		snprintf(h->caller_name, sizeof(h->caller_name), "%s[%d]", late->comm, late->tid);
		snprintf(h->request, sizeof(h->request), "stop requested by %s", h->caller_name);
		/* Where its call is over, there is nothing that its end could cancel. */
		if (!late->restarts)
			h->caller = 0;
	} else if (!o) {
		h->action = "recovery";
		snprintf(h->request, sizeof(h->request), "recovery after a crash");
	} else if (o->file == WATCH_RECOVERY) {
		h->action = "recovery";
		snprintf(h->request, sizeof(h->request), "recovery requested by %s",
			 h->caller_name);
	} else if (o->file == WATCH_UNBIND) {
		h->action = "unbind";
		snprintf(h->request, sizeof(h->request), "unbind requested by %s through %s",
			 h->caller_name, o->ticket->path);
	}
}

void slot_start_hold(struct slot *s)
{
	const struct opener *o = s->n_openers ? &s->openers[0] : NULL;
	const struct parked *late = latecomers_first(&s->late);
	int err;

	hold_begin(&s->hold, &s->rp, s->config, s->guard, o ? o->tid : late ? late->tid : 0);
	describe_request(&s->hold, o, late);
	episode_begin(&s->episode, &s->hold);
	s->recovering = !o && !late;
	s->recover_error = 0;
	s->abandoned = false;
	s->result = HOLD_CANCELLED;
	s->was_crashed = crash_is_now(s);
	slot_look(s);
	s->hold.bound = s->bound;
	s->hold.announced = &s->announced;
	/* One that has crashed announces nothing. */
	s->hold.up_since_ms = s->recovering || s->was_crashed ? 0 : s->announced.up_since_ms;
	virtio_bindings_read(&s->rp, &s->bindings);
	atomic_store(&s->worker_done, false);
	s->phase = SLOT_HOLDING;
	err = pthread_create(&s->worker, NULL, worker, s);
	if (!err)
		return;
	log_error("%s: %s refused: no thread for the hold: %s", s->rp.name, s->hold.action,
		  strerror(err));
	refuse_all(s);
	finish_without(s, "failed");
}

static void release(struct slot *s)
{
	s->phase = SLOT_RELEASED;
	s->released_ms = clock_ms();
	if (s->guard)
		guard_gate_release(s->guard, s->rp.index);
	openers_release_first(s);
	late_release(s);
	slot_tick(s);
}

/* The first caller has gone, but others may want the same, or somebody came after the last had gone. */
static bool hold_for_another(struct slot *s)
{
	if (!s->abandoned && s->n_openers && !task_alive(s->openers[0].tid)) {
		openers_answer(s, &s->openers[0], false);
		memmove(&s->openers[0], &s->openers[1], --s->n_openers * sizeof(s->openers[0]));
	}
	late_drop_dead(s);
	if (!s->n_openers && !latecomers_first(&s->late))
		return false;
	hold_end(&s->hold, false);
	slot_start_hold(s);
	return true;
}

static void finish_down(struct slot *s, enum remoteproc_state state)
{
	hold_event(&s->hold, "stopped: %s is %s", s->rp.name, remoteproc_state_name(state));
	slot_finish(s, s->result == HOLD_UNSAFE ? "stopped unsafely" : "stopped", true);
}

/*
 * It went by another way while it was held. Nobody is released: that would be good for the next one
 * of its number, too. What those who waited write fails with ENODEV, in the kernel's own words.
 */
static void finish_gone(struct slot *s)
{
	openers_answer_all(s, true);
	if (s->guard)
		latecomers_let_go(&s->late, s->guard, LATE_ALL, true);
	if (s->result == HOLD_SAFE || s->result == HOLD_UNSAFE)
		finish_down(s, REMOTEPROC_GONE);
	else
		finish_without(s, s->result == HOLD_REFUSED ? "refused" : "given up");
}

void slot_worker_done(struct slot *s)
{
	late_stopper_done(s);
	if (s->phase != SLOT_HOLDING || !atomic_load(&s->worker_done))
		return;
	pthread_join(s->worker, NULL);
	if (slot_is_stale(s) && (!s->recovering || s->result == HOLD_CANCELLED)) {
		finish_gone(s);
		return;
	}
	if (s->recovering) {
		crash_recovered(s);
		return;
	}
	if (s->result == HOLD_SAFE || s->result == HOLD_UNSAFE) {
		release(s);
		return;
	}
	if (s->result == HOLD_CANCELLED && (s->abandoned || !atomic_load(&s->hold.cancelled)) &&
	    hold_for_another(s))
		return;
	refuse_all(s);
	finish_without(s, s->result == HOLD_REFUSED ? "refused" : "given up");
}

/*
 * A teardown that the kernel side has seen ends in another state. Not so that of a recovery or of a
 * virtio driver: the state says "running" again or still, and it is over with the write.
 */
static bool goes_down(const struct slot *s)
{
	return s->guard && guard_tearing_down(s->guard, s->rp.index) && openers_all_want_a_stop(s);
}

/* The openers are done, and it is up. */
static void conclude(struct slot *s, const char *why)
{
	const enum remoteproc_state state = remoteproc_read_state(s->state_fd);

	if (s->was_crashed && state != REMOTEPROC_CRASHED) {
		hold_event(&s->hold, "recovered: %s is %s", s->rp.name,
			   remoteproc_state_name(state));
		if (s->guard)
			guard_gate_open(s->guard, s->rp.index);
		s->recoveries++;
		slot_finish(s, "recovered", true);
	} else if (virtio_bindings_lost(&s->rp, &s->bindings)) {
		hold_event(&s->hold, "unbound: %s is %s, its channels are gone", s->rp.name,
			   remoteproc_state_name(state));
		slot_finish(s, "unbound", true);
	} else if (late_withdraw_release(s)) {
		hold_event(&s->hold, "not carried out: %s; %s, ttys back", why,
			   state == REMOTEPROC_CRASHED ? "still crashed" : "gate open");
		slot_finish(s, "not carried out", false);
	}
}

/* One that keeps the file open and does nothing with it must not make the next one wait. */
static void tick_starting(struct slot *s)
{
	if (openers_are_writing(s))
		return;
	if (s->n_openers == 0 || (s->open_descriptors == 0 && !openers_held_open(s)) ||
	    clock_ms() - s->released_ms > START_GRACE_MS)
		become_idle(s);
}

void slot_tick(struct slot *s)
{
	enum remoteproc_state state;
	bool writing, closed;
	uint64_t since;

	late_drop_dead(s);
	slot_look(s);
	if (s->phase == SLOT_IDLE)
		crash_look(s);
	if (s->phase == SLOT_STARTING)
		tick_starting(s);
	if (s->phase != SLOT_RELEASED || s->stopping)
		return;
	/* Before the state: one that ends its write in between has changed it by then. */
	writing = openers_are_writing(s);
	closed = !writing && s->open_descriptors == 0 && !openers_held_open(s);
	state = remoteproc_read_state(s->state_fd);
	/* A recovery passes through "offline". */
	if (!remoteproc_is_up(state) && !(writing && openers_want_recovery(s))) {
		finish_down(s, state);
		return;
	}
	if (openers_wait_for_others(s) || late_may_stop(s))
		return;
	since = clock_ms() - s->released_ms;
	if (s->n_openers == 0)
		conclude(s, "nobody who asked for it is left");
	else if (writing || goes_down(s))
		return;
	else if (since > s->config->write_timeout_ms)
		conclude(s, "the file is still open, but nobody writes");
	else if (closed)
		conclude(s, "the file was closed");
}

bool slot_is_stale(const struct slot *s)
{
	return remoteproc_read_state(s->state_fd) == REMOTEPROC_GONE;
}

static void cancel(struct slot *s)
{
	s->abandoned = true;
	atomic_store(&s->hold.cancelled, true);
}

void slot_abandon(struct slot *s)
{
	switch (s->phase) {
	case SLOT_IDLE:
		break;
	case SLOT_STARTING:
		become_idle(s);
		break;
	case SLOT_RELEASED:
		slot_tick(s);
		break;
	case SLOT_HOLDING:
		atomic_store(&s->hold.rproc_gone, true);
		cancel(s);
		break;
	}
}

/*
 * The one that was let go opens the file again: what it was let go for is over, unless it opens it
 * several times before it writes ("tee state state"). That it has closed it may not have been told
 * yet. True when it has its answer.
 */
static bool opens_again(struct slot *s, const struct opener *o)
{
	if (s->phase == SLOT_STARTING)
		become_idle(s);
	else if (!openers_held_open(s) && !openers_are_writing(s) && !goes_down(s))
		conclude(s, "the file was closed");
	if (s->phase != SLOT_RELEASED || !openers_was_let_go(s, o) || !openers_held_open(s))
		return false;
	if (watch_answer(s->watch, o->answer, true))
		s->open_descriptors++;
	return true;
}

void slot_open(struct slot *s, const struct watch_event *event)
{
	const struct opener o = {
		.tid = event->tid,
		.answer = event->answer,
		.target = event->target,
		.file = event->file,
	};

	/* The write of the one that was let go may be over by now. */
	slot_tick(s);
	if (event->file == WATCH_RECOVERY)
		s->recovery_open_crashed = s->recovering || s->crash_reported_ms || crash_is_now(s);
	if (openers_was_let_go(s, &o) && opens_again(s, &o))
		return;
	if (s->starts_wait && (event->file == WATCH_STATE || crash_is_now(s)))
		openers_queue(s, s->queued, &s->n_queued, &o);
	else
		admit(s, &o);
}

void slot_closed(struct slot *s, const struct watch_event *event)
{
	if (event->file == WATCH_RECOVERY)
		recovery_closed(&s->recovery, event->written, s->recovery_open_crashed);
	if ((s->phase != SLOT_RELEASED && s->phase != SLOT_STARTING) ||
	    !openers_have_open(s, event->target))
		return;
	if (s->open_descriptors > 0)
		s->open_descriptors--;
	slot_tick(s);
}

void slot_join(struct slot *s, struct ticket *ticket)
{
	const struct opener o = {
		.tid = ticket->tid,
		.target = ticket->target,
		.file = WATCH_UNBIND,
		.ticket = ticket,
	};

	admit(s, &o);
}

void slot_leave(struct slot *s, const struct ticket *ticket)
{
	openers_drop_ticket(s->openers, &s->n_openers, ticket);
	openers_drop_ticket(s->queued, &s->n_queued, ticket);
	if (s->phase != SLOT_HOLDING || s->recovering || s->n_openers)
		return;
	cancel(s);
}

enum slot_part slot_part_in(const struct slot *s, const struct ticket *ticket)
{
	for (size_t i = 0; i < s->n_openers; i++)
		if (s->openers[i].ticket == ticket)
			return s->phase == SLOT_RELEASED ? PART_SAFE : PART_WAITS;
	for (size_t i = 0; i < s->n_queued; i++)
		if (s->queued[i].ticket == ticket)
			return PART_WAITS;
	return PART_NONE;
}

void slot_let_go(struct slot *s)
{
	s->released_ms = clock_ms();
	s->open_descriptors++;
}
