// SPDX-License-Identifier: GPL-2.0-only
#include "service/slot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hold/opener.h"
#include "log/log.h"
#include "system/files.h"
#include "system/task.h"

/* How long one that was let go to start it may sleep with the file open before it writes. */
#define START_GRACE_MS 500

int slot_begin(struct slot *s, const struct remoteproc *rp, const struct rproc_config *config,
	       struct watch *watch, struct guard *guard, int done_fd)
{
	int err;

	memset(s, 0, sizeof(*s));
	s->rp = *rp;
	s->config = config;
	s->watch = watch;
	s->guard = guard;
	s->done_fd = done_fd;
	/* Before the mark: see remoteproc_open_state(). */
	s->state_fd = remoteproc_open_state(rp, true);
	if (s->state_fd < 0)
		return s->state_fd;
	err = watch ? watch_add(watch, rp) : 0;
	if (err) {
		close(s->state_fd);
		return err;
	}
	s->used = true;
	return 0;
}

void slot_end(struct slot *s)
{
	if (s->watch)
		watch_remove(s->watch, s->rp.index);
	close(s->state_fd);
	s->used = false;
}

static void *worker(void *arg)
{
	struct slot *s = arg;
	const uint64_t one = 1;

	s->result = hold_run(&s->hold);
	atomic_store(&s->worker_done, true);
	/* Fails only when the counter is full, and then the service is awake anyway. */
	if (write(s->done_fd, &one, sizeof(one)) < 0)
		log_debug("%s: wake-up not needed", s->rp.name);
	return NULL;
}

static void answer_all(struct slot *s, bool allow)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_openers; i++)
		if (watch_answer(s->watch, s->openers[i].answer, allow) && allow &&
		    task_alive(s->openers[i].tid))
			s->openers[n++] = s->openers[i];
	s->n_openers = n;
	s->open_descriptors = (unsigned int)n;
}

static void refuse_all(struct slot *s)
{
	answer_all(s, false);
	if (s->guard)
		latecomers_let_go(&s->late, s->guard, LATE_ALL, false);
}

/*
 * Lets the first opener go; the others wait until its write is over. Two "stop" at once make the power
 * count of kernels before 5.18 negative (the state is looked at outside the lock), a "start" that
 * overtakes the "stop" it came after makes it two on later ones, and neither remote processor stops
 * any more when it is told to.
 */
static void release_first(struct slot *s)
{
	const size_t others = s->n_openers - 1;

	for (size_t i = s->n_queued; i > 0; i--)
		s->queued[others + i - 1] = s->queued[i - 1];
	memcpy(s->queued, &s->openers[1], others * sizeof(s->queued[0]));
	s->n_queued += others;
	s->n_openers = 1;
	s->released_ms = clock_ms();
	answer_all(s, true);
}

/*
 * With nothing to tear down this is a start, or a stop that the kernel refuses by itself. But a stop
 * that is let in while a start is under way waits for the lock of the remote processor, and then takes
 * down one that is alive. So whoever comes next waits here until the first is done.
 */
static void let_start(struct slot *s)
{
	/* The boot probe does this as well, where it can tell which one it is. */
	if (s->guard)
		guard_gate_open(s->guard, s->rp.index);
	s->phase = SLOT_STARTING;
	release_first(s);
}

static void start_hold(struct slot *s);

/* Those that came in the meantime, one after the other. */
static void admit_next(struct slot *s)
{
	if (!s->n_queued)
		return;
	s->openers[0] = s->queued[0];
	s->n_openers = 1;
	memmove(&s->queued[0], &s->queued[1], --s->n_queued * sizeof(s->queued[0]));
	if (remoteproc_is_up(remoteproc_read_state(s->state_fd)))
		start_hold(s);
	else
		let_start(s);
}

static void admit_latecomers(struct slot *s)
{
	if (!latecomers_any(&s->late, LATE_ALL))
		return;
	if (remoteproc_is_up(remoteproc_read_state(s->state_fd)))
		start_hold(s);
	else
		latecomers_let_go(&s->late, s->guard, LATE_ALL, true);
}

static void become_idle(struct slot *s)
{
	s->n_openers = 0;
	s->open_descriptors = 0;
	s->released_ms = 0;
	s->phase = SLOT_IDLE;
	admit_next(s);
	if (s->phase == SLOT_IDLE)
		admit_latecomers(s);
}

static void finish(struct slot *s, const char *result, bool carried_out)
{
	s->last_result = result;
	s->last_held_ms = (s->released_ms ? s->released_ms : clock_ms()) - s->hold.requested_ms;
	s->last_at = time(NULL);
	snprintf(s->last_caller, sizeof(s->last_caller), "%s", s->hold.caller_name);
	snprintf(s->last_reason, sizeof(s->last_reason), "%s", s->hold.reason);
	s->stops += carried_out;
	hold_end(&s->hold, carried_out);
	/* Those whose stop somebody else has made. */
	if (s->guard && carried_out)
		latecomers_let_go(&s->late, s->guard, LATE_ALL, true);
	become_idle(s);
}

/* Refused or given up. It may have gone down all the same, by another way. */
static void finish_without(struct slot *s, const char *result)
{
	finish(s, result, !remoteproc_is_up(remoteproc_read_state(s->state_fd)));
}

static void begin_hold(struct slot *s)
{
	const struct parked *late = latecomers_first(&s->late);

	hold_begin(&s->hold, &s->rp, s->config, s->guard,
		   s->n_openers ? s->openers[0].tid : late->tid);
	/* Its call is over: there is nothing that its end could cancel. */
	if (!s->n_openers && !late->restarts)
		s->hold.caller = 0;
}

static void start_hold(struct slot *s)
{
	int err;

	begin_hold(s);
	atomic_store(&s->worker_done, false);
	s->phase = SLOT_HOLDING;
	err = pthread_create(&s->worker, NULL, worker, s);
	if (!err)
		return;
	log_error("%s: stop refused: no thread for the hold: %s", s->rp.name, strerror(err));
	refuse_all(s);
	finish_without(s, "failed");
}

static void *stop_in_their_place(void *arg)
{
	struct slot *s = arg;
	const uint64_t one = 1;

	s->stop_error = pwrite(s->state_fd, "stop", 4, 0) < 0 ? -errno : 0;
	atomic_store(&s->stopper_done, true);
	if (write(s->done_fd, &one, sizeof(one)) < 0)
		log_debug("%s: wake-up not needed", s->rp.name);
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

static void stopper_done(struct slot *s)
{
	if (!s->stopping || !atomic_load(&s->stopper_done))
		return;
	pthread_join(s->stopper, NULL);
	s->stopping = false;
	if (s->stop_error)
		log_error("%s: the kernel refused the stop that was made for process %d: %s",
			  s->rp.name, latecomers_first(&s->late)->pid, strerror(-s->stop_error));
	latecomers_let_go(&s->late, s->guard, LATE_ALL, !s->stop_error);
}

/* Callers that make the stop by themselves go first; deferred latecomers then only wait for it. */
static void release(struct slot *s)
{
	const bool only_deferred = !s->n_openers && s->guard &&
				   !latecomers_any(&s->late, LATE_RESTARTING);

	s->phase = SLOT_RELEASED;
	s->released_ms = clock_ms();
	if (s->guard)
		guard_gate_release(s->guard, s->rp.index);
	if (s->n_openers)
		release_first(s);
	if (only_deferred)
		start_stopper(s);
	else if (s->guard)
		latecomers_let_go(&s->late, s->guard, LATE_RESTARTING, true);
	slot_tick(s);
}

/* The first caller has gone, but others may want the stop as well. */
static bool hold_for_another(struct slot *s)
{
	if (s->n_openers && !task_alive(s->openers[0].tid)) {
		watch_answer(s->watch, s->openers[0].answer, false);
		memmove(&s->openers[0], &s->openers[1], --s->n_openers * sizeof(s->openers[0]));
	}
	if (s->guard)
		latecomers_tend(&s->late, s->guard);
	if (!s->n_openers && !latecomers_first(&s->late))
		return false;
	hold_end(&s->hold, false);
	start_hold(s);
	return true;
}

void slot_worker_done(struct slot *s)
{
	stopper_done(s);
	if (s->phase != SLOT_HOLDING || !atomic_load(&s->worker_done))
		return;
	pthread_join(s->worker, NULL);
	if (s->result == HOLD_SAFE || s->result == HOLD_UNSAFE) {
		release(s);
		return;
	}
	if (s->result == HOLD_CANCELLED && !atomic_load(&s->hold.cancelled) && hold_for_another(s))
		return;
	refuse_all(s);
	finish_without(s, s->result == HOLD_REFUSED ? "refused" : "given up");
}

static bool held_open(const struct slot *s)
{
	for (size_t i = 0; i < s->n_openers; i++)
		if (watch_held_open(s->watch, s->rp.index, s->openers[i].tid))
			return true;
	return false;
}

static bool opener_writes(const struct slot *s)
{
	for (size_t i = 0; i < s->n_openers; i++)
		if (opener_is_writing(s->openers[i].tid) &&
		    watch_held_open(s->watch, s->rp.index, s->openers[i].tid))
			return true;
	return false;
}

/* By the kernel side where there is one, else by what the openers do with their descriptors. */
static bool stop_in_progress(const struct slot *s)
{
	if (s->guard &&
	    (guard_tearing_down(s->guard, s->rp.index) || latecomers_in_call(&s->late, s->guard)))
		return true;
	return opener_writes(s);
}

/*
 * Whoever comes to rproc_shutdown() from here on is turned back once more; who came before is seen
 * inside. Without the kernel side a write that begins at this very moment slips through.
 */
static bool withdraw_release(struct slot *s)
{
	if (!s->guard)
		return true;
	guard_gate_withdraw_release(s->guard, s->rp.index);
	latecomers_revoke(&s->late, s->guard);
	if (!stop_in_progress(s))
		return true;
	guard_gate_release(s->guard, s->rp.index);
	return false;
}

static void not_carried_out(struct slot *s, const char *why)
{
	if (!withdraw_release(s))
		return;
	hold_event(&s->hold, "not carried out: %s; gate open, ttys back", why);
	finish(s, "not carried out", false);
}

/* One that keeps the file open and does nothing with it must not make the next one wait. */
static void tick_starting(struct slot *s)
{
	if (s->n_openers && opener_writes(s))
		return;
	if (s->n_openers == 0 || (s->open_descriptors == 0 && !held_open(s)) ||
	    clock_ms() - s->released_ms > START_GRACE_MS)
		become_idle(s);
}

void slot_tick(struct slot *s)
{
	enum remoteproc_state state;
	uint64_t since;

	if (s->guard)
		latecomers_tend(&s->late, s->guard);
	if (s->phase == SLOT_STARTING)
		tick_starting(s);
	if (s->phase != SLOT_RELEASED || s->stopping)
		return;
	state = remoteproc_read_state(s->state_fd);
	if (!remoteproc_is_up(state)) {
		hold_event(&s->hold, "stopped: %s is %s", s->rp.name, remoteproc_state_name(state));
		finish(s, s->result == HOLD_UNSAFE ? "stopped unsafely" : "stopped", true);
		return;
	}
	since = clock_ms() - s->released_ms;
	if (s->guard && latecomers_have_tickets(&s->late, s->guard) &&
	    since <= s->config->write_timeout_ms)
		return;
	if (stop_in_progress(s))
		return;
	if (s->n_openers == 0)
		not_carried_out(s, "nobody who asked for it is left");
	else if (since > s->config->write_timeout_ms)
		not_carried_out(s, "the state file is still open, but nothing was written");
	else if (s->open_descriptors == 0 && !held_open(s))
		not_carried_out(s, "the state file was closed without a stop");
}

static void queue_opener(struct slot *s, struct opener *list, size_t *n,
			 const struct watch_event *event)
{
	/* Together, so that whoever is held has a place in the queue afterwards. */
	if (s->n_openers + s->n_queued < OPENERS_MAX) {
		list[(*n)++] = (struct opener){ .tid = event->tid, .answer = event->answer };
		return;
	}
	log_warning("%s: too many openers at once; one refused", s->rp.name);
	watch_answer(s->watch, event->answer, false);
}

bool slot_is_stale(const struct slot *s)
{
	return remoteproc_read_state(s->state_fd) == REMOTEPROC_GONE;
}

/* One that was let go opens the file again before it writes ("tee state state"). */
static bool was_let_go(const struct slot *s, int tid)
{
	return s->n_openers && s->openers[0].tid == tid;
}

void slot_open(struct slot *s, const struct watch_event *event)
{
	/* The write of the one that was let go may be over by now. */
	slot_tick(s);
	if (s->phase == SLOT_RELEASED || s->phase == SLOT_STARTING) {
		if (!was_let_go(s, event->tid))
			queue_opener(s, s->queued, &s->n_queued, event);
		else if (watch_answer(s->watch, event->answer, true))
			s->open_descriptors++;
		return;
	}
	queue_opener(s, s->openers, &s->n_openers, event);
	if (s->phase != SLOT_IDLE || !s->n_openers)
		return;
	if (remoteproc_is_up(remoteproc_read_state(s->state_fd)))
		start_hold(s);
	else
		let_start(s);
}

void slot_late(struct slot *s, const struct parked *p)
{
	slot_tick(s);
	/* While somebody was let go it is offered again and again. */
	if (s->phase == SLOT_RELEASED || s->phase == SLOT_STARTING)
		return;
	if (latecomers_add(&s->late, p) && s->phase == SLOT_IDLE)
		admit_latecomers(s);
}

bool slot_is_busy(const struct slot *s)
{
	return s->phase != SLOT_IDLE || latecomers_need_tending(&s->late);
}

void slot_closed(struct slot *s)
{
	if (s->phase != SLOT_RELEASED && s->phase != SLOT_STARTING)
		return;
	if (s->open_descriptors > 0)
		s->open_descriptors--;
	slot_tick(s);
}
