// SPDX-License-Identifier: GPL-2.0-only
#include "hold/inside.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "guard/guard.h"
#include "hold/eject.h"
#include "system/files.h"

#define SENDERS_MAX 16

/* A remote processor that is alive gives a buffer back within milliseconds: nobody is ejected then. */
#define EJECT_AFTER_MS 100
/* How long those that were woken may take to get out; each takes some microseconds of CPU time. */
#define EJECT_WAIT_MS 5000
/* The same for the end of the thread that has woken them, see eject_end(). */
#define EJECT_END_MS 500
#define EJECT_MAX 64

static bool drained(struct hold *h, void *arg)
{
	struct guard_sender senders[SENDERS_MAX];
	size_t n = guard_senders(h->guard, h->rp.index, senders, SENDERS_MAX);
	uint64_t ms;

	(void)arg;
	if (!n)
		return true;
	h->met_somebody = true;
	ms = (clock_ns() - senders[0].since_ns) / 1000000ULL;
	hold_set_waiting(h, "%zu sender%s inside: %s[%d] in %s for %llu.%llu s", n,
			 n > 1 ? "s" : "", senders[0].comm, senders[0].pid, senders[0].function,
			 (unsigned long long)(ms / 1000), (unsigned long long)(ms % 1000 / 100));
	return false;
}

/*
 * The ejection of a hold, in a thread that may be lost: to seize a task, ptrace() takes a lock that
 * another thread of its process holds while it reads what it is to execute (cred_guard_mutex), for as long
 * as the file system likes. Whoever is last, the thread or the hold, frees this.
 */
struct ejection {
	struct guard *guard;
	int index;
	atomic_bool stop; /* the hold waits no longer */
	atomic_int users;
	pthread_mutex_t lock; /* guards what follows */
	bool done;	      /* everybody is out who can be got out, or the thread has ended */
	size_t inside, count;
	int traced;
};

/* Threads that still use the kernel side. */
static atomic_int running;

bool inside_ejection_runs(void)
{
	return atomic_load(&running) > 0;
}

static void release(struct ejection *x)
{
	if (atomic_fetch_sub(&x->users, 1) > 1)
		return;
	pthread_mutex_destroy(&x->lock);
	free(x);
}

/*
 * Done when everybody is out. Who was on its way to its wait falls asleep a moment later, so one that
 * does not sleep yet is waited for, too; but not one that nobody can wake.
 */
static bool step(struct ejection *x, struct eject *e)
{
	struct guard_sender senders[EJECT_MAX];
	const size_t n = guard_senders(x->guard, x->index, senders, EJECT_MAX);
	const bool done = eject_step(e, senders, n) == 0 && (n == 0 || eject_traced(e));

	pthread_mutex_lock(&x->lock);
	x->inside = n;
	x->count = eject_count(e);
	x->traced = eject_traced(e);
	pthread_mutex_unlock(&x->lock);
	return done;
}

static void *eject_all(void *arg)
{
	struct ejection *x = arg;
	struct eject *e = eject_begin(x->guard, x->index);
	unsigned int pause = 1;

	while (e && !atomic_load(&x->stop) && !step(x, e)) {
		pause_ms(pause);
		pause = pause < 16 ? pause * 2 : 20;
	}
	if (e)
		eject_end(e);
	pthread_mutex_lock(&x->lock);
	x->done = true;
	pthread_mutex_unlock(&x->lock);
	release(x);
	atomic_fetch_sub(&running, 1);
	return NULL;
}

static struct ejection *start(const struct hold *h)
{
	struct ejection *x = calloc(1, sizeof(*x));
	pthread_attr_t attr;
	pthread_t thread;
	int err;

	if (!x)
		return NULL;
	x->guard = h->guard;
	x->index = h->rp.index;
	atomic_store(&x->users, 2);
	pthread_mutex_init(&x->lock, NULL);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	atomic_fetch_add(&running, 1);
	err = pthread_create(&thread, &attr, eject_all, x);
	pthread_attr_destroy(&attr);
	if (!err)
		return x;
	atomic_fetch_sub(&running, 1);
	pthread_mutex_destroy(&x->lock);
	free(x);
	return NULL;
}

static bool ejected(struct hold *h, void *arg)
{
	struct ejection *x = arg;
	bool done;

	pthread_mutex_lock(&x->lock);
	done = x->done;
	hold_set_waiting(h, "%zu senders to leave their sleep", x->inside);
	pthread_mutex_unlock(&x->lock);
	return done;
}

/* Whether the thread has ended, also for a hold that is cancelled. */
static bool ended_within(struct ejection *x, unsigned int ms)
{
	const uint64_t deadline = clock_ms() + ms;
	bool done;

	do {
		pause_ms(5);
		pthread_mutex_lock(&x->lock);
		done = x->done;
		pthread_mutex_unlock(&x->lock);
	} while (!done && clock_ms() < deadline);
	return done;
}

static enum waited eject_sleepers(struct hold *h)
{
	struct ejection *x = start(h);
	enum waited waited;
	size_t count;
	int traced;

	if (!x)
		return WAITED_DONE;
	waited = hold_wait(h, clock_ms() + EJECT_WAIT_MS, ejected, x);
	/* What was woken is let go by the thread that has woken it. */
	atomic_store(&x->stop, true);
	if (waited != WAITED_DONE && !ended_within(x, EJECT_END_MS))
		hold_event(h, "a sender cannot be woken: its process is about to execute something "
			      "that it cannot read");
	pthread_mutex_lock(&x->lock);
	count = x->count;
	traced = x->traced;
	pthread_mutex_unlock(&x->lock);
	release(x);
	if (count)
		hold_step(h, TL_EJECTED, (int64_t)count,
			  "ejected %zu sender%s asleep for want of a buffer", count,
			  count > 1 ? "s" : "");
	if (traced)
		hold_event(h, "thread %d is being debugged: its send is waited for", traced);
	return waited;
}

enum waited inside_eject(struct hold *h)
{
	enum waited waited = WAITED_DONE;

	if (h->guard && h->config->eject && ejecting_possible(h->guard, h->rp.index))
		waited = hold_wait(h, clock_ms() + EJECT_AFTER_MS, drained, NULL);
	if (waited == WAITED_TIMED_OUT)
		waited = eject_sleepers(h);
	if (waited == WAITED_CANCELLED)
		return waited;
	hold_set_state(h, HOLD_EJECTED);
	return WAITED_DONE;
}

enum waited inside_drain(struct hold *h)
{
	enum waited waited = WAITED_DONE;

	if (h->guard)
		waited = hold_wait(h, h->deadline_ms, drained, NULL);
	if (waited == WAITED_DONE) {
		if (h->guard)
			hold_step(h, TL_DRAINED, 0, "drained: no sender inside");
		hold_set_state(h, HOLD_DRAINED);
	}
	return waited;
}
