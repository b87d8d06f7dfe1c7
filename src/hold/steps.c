// SPDX-License-Identifier: GPL-2.0-only
/* How the steps of a hold wait, and how they say what they do, wait for and fail at. */
#include "hold/steps.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "log/log.h"
#include "system/files.h"
#include "system/standstill.h"
#include "system/task.h"
#include "system/test_hooks.h"

#define PAUSE_MAX_US 20000

static const char *const state_names[] = {
	[HOLD_REQUESTED] = "requested", [HOLD_GATE_CLOSED] = "gate closed",
	[HOLD_KEPT_OUT] = "kept out",	[HOLD_SETTLED] = "settled",
	[HOLD_EJECTED] = "ejected",	[HOLD_HUNG_UP] = "hung up",
	[HOLD_DRAINED] = "drained",	[HOLD_CLOSED] = "closed",
	[HOLD_MENDED] = "mended",	[HOLD_RELEASED] = "released",
};

const char *hold_state_name(enum hold_state state)
{
	return state_names[state];
}

void hold_mark(const struct hold *h, const struct hold_step *step)
{
	if (h->step_fn)
		h->step_fn(step, h->step_arg);
}

void hold_mark_tty(const struct hold *h, enum timeline_event event, const char *node)
{
	hold_mark(h, &(struct hold_step){ .event = event, .device = node, .senders = -1 });
}

void hold_step(const struct hold *h, enum timeline_event event, int64_t senders, const char *fmt,
	       ...)
{
	const uint64_t ms = clock_ms() - h->requested_ms;
	char text[384];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_notice("%s: +%llu.%03llu s  %s", h->rp.name, (unsigned long long)(ms / 1000),
		   (unsigned long long)(ms % 1000), text);
	hold_mark(h, &(struct hold_step){ .event = event, .text = text, .senders = senders });
}

void hold_set_state(struct hold *h, enum hold_state state)
{
	pthread_mutex_lock(&h->progress_lock);
	h->state = state;
	h->waiting_for[0] = '\0';
	h->waiting_cause = TL_CAUSE_NONE;
	pthread_mutex_unlock(&h->progress_lock);
	if (test_pause_in_state)
		test_pause_in_state(hold_state_name(state));
}

void hold_set_waiting(struct hold *h, enum timeline_cause cause, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	pthread_mutex_lock(&h->progress_lock);
	vsnprintf(h->waiting_for, sizeof(h->waiting_for), fmt, ap);
	h->waiting_cause = cause;
	pthread_mutex_unlock(&h->progress_lock);
	va_end(ap);
}

enum hold_state hold_progress(struct hold *h, char *waiting_for, size_t len)
{
	enum hold_state state;

	pthread_mutex_lock(&h->progress_lock);
	state = h->state;
	snprintf(waiting_for, len, "%s", h->waiting_for);
	pthread_mutex_unlock(&h->progress_lock);
	return state;
}

bool hold_is_unwanted(const struct hold *h)
{
	return atomic_load(&h->cancelled) != HOLD_GOES_ON || (h->caller && !task_alive(h->caller));
}

/* Moves the deadlines by the time for which the service stood still. */
static void count_standstill(struct hold *h, uint64_t *deadline_ms)
{
	const uint64_t ms = standstill_ms() - h->standstill_ms;

	if (!ms)
		return;
	h->standstill_ms += ms;
	h->deadline_ms += ms;
	*deadline_ms += ms;
	hold_event(
		h,
		"the service did not run for %llu ms (a failed suspend, or a busy machine?); this time does not "
		"count for hold_timeout",
		(unsigned long long)ms);
}

void pause_longer(unsigned int *us)
{
	pause_us(*us);
	*us = *us < PAUSE_MAX_US / 2 ? *us * 2 : PAUSE_MAX_US;
}

enum waited hold_wait(struct hold *h, uint64_t deadline_ms, condition_fn condition, void *arg)
{
	unsigned int pause = PAUSE_FIRST_US;

	while (!condition || !condition(h, arg)) {
		if (hold_is_unwanted(h))
			return WAITED_CANCELLED;
		count_standstill(h, &deadline_ms);
		if (clock_ms() >= deadline_ms)
			return WAITED_TIMED_OUT;
		pause_longer(&pause);
	}
	return WAITED_DONE;
}

#define LEAST_MS 1000

/* A hold may be past its deadline here: programs that did not close were ended behind it. */
enum waited hold_wait_at_the_end(struct hold *h, condition_fn condition, void *arg)
{
	const uint64_t least = clock_ms() + LEAST_MS;

	return hold_wait(h, h->deadline_ms > least ? h->deadline_ms : least, condition, arg);
}

uint64_t hold_by(const struct hold *h, uint64_t until_ms)
{
	return until_ms < h->deadline_ms ? until_ms : h->deadline_ms;
}

int hold_thread(void *(*fn)(void *arg), void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	err = pthread_create(&thread, &attr, fn, arg);
	pthread_attr_destroy(&attr);
	return err;
}

void hold_give_up(struct hold *h, enum timeline_cause cause, const char *node, const char *what,
		  int err)
{
	h->cause = cause;
	snprintf(h->reason, sizeof(h->reason), "%s %s: %s", node, what, strerror(-err));
}

void hold_blame(struct hold *h)
{
	const uint64_t ms = clock_ms() - h->requested_ms;
	char waiting_for[sizeof(h->waiting_for)];

	hold_progress(h, waiting_for, sizeof(waiting_for));
	snprintf(h->reason, sizeof(h->reason), "after %llu.%llu s %s",
		 (unsigned long long)(ms / 1000), (unsigned long long)(ms % 1000 / 100),
		 waiting_for);
	h->cause = h->waiting_cause;
}

enum hold_result hold_unfinished(struct hold *h, enum waited why, bool proceed)
{
	if (why == WAITED_CANCELLED)
		return HOLD_CANCELLED;
	if (why == WAITED_TIMED_OUT)
		hold_blame(h);
	return proceed ? HOLD_UNSAFE : HOLD_REFUSED;
}
