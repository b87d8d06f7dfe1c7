// SPDX-License-Identifier: GPL-2.0-only
/*
 * Senders inside a send, by the records of the kernel side: they are waited for, and those that
 * sleep for want of a buffer are made to leave, so that the stop of a hung remote processor need
 * not wait for the transmit timeout of 15 s. Without the kernel side nothing is known of senders,
 * and both is done at once.
 *
 * To make a sender leave is to eject it. The kernel side hands a sender that wakes up a buffer to
 * leave with (bpf/eject.bpf.h); this half wakes it (tracee.h).
 *
 * The order matters. First the kernel side is told to hand out buffers, then anybody is woken: a
 * sender that wakes up with a request to stop pending and finds no buffer runs in circles inside
 * rpmsg_send_offchannel_raw() until it is let go.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "kernel_side/kside.h"
#include "hold/steps.h"
#include "hold/tracee.h"
#include "hold/workers.h"
#include "log/log.h"
#include "system/files.h"
#include "system/sleep.h"
#include "system/task.h"

#define SENDERS_MAX 16

/* A remote processor that is alive gives buffers back within milliseconds: nobody is ejected. */
#define EJECT_AFTER_MS 100
/* How long those that were woken may take to get out; each takes some microseconds of CPU time. */
#define EJECT_WAIT_MS 5000
/* A tracer can let go of a tracee only when that has stopped. How long the end waits for it. */
#define LAST_STOP_MS 200
/* The same for the end of the thread that has woken them. */
#define EJECT_END_MS 500
/* At most so many on their way at a time; more are woken when those have come out. */
#define WOKEN_MAX 64

/*
 * Of a sender on record. Where wchan is not true its record says that it is inside, and there only the wait
 * for a buffer can be interrupted: rpmsg_send_offchannel_raw() takes mutexes else. A task whose exit was
 * missed may be taken for one: it makes the call that it sleeps in again.
 */
static bool waits_for_buffer(int tid)
{
	return sleep_source() == SLEEP_BY_WCHAN ? task_sleeps_in_send(tid) == SLEEPS_THERE
						: task_sleeps_lightly(tid);
}

static bool drained(struct hold *h, void *arg)
{
	struct kside_sender senders[SENDERS_MAX];
	size_t n = kside_senders(h->kside, h->rp.index, senders, SENDERS_MAX);
	uint64_t ms;

	(void)arg;
	if (!n && !kside_all_left(h->kside, h->rp.index))
		return true;
	if (!n) {
		hold_set_waiting(h, TL_CAUSE_SENDER_INSIDE,
				 "no sender has a record, but the guard cannot visit every CPU");
		return false;
	}
	h->met_somebody = true;
	if (senders[0].tid && worker_is(senders[0].tid) && waits_for_buffer(senders[0].tid)) {
		worker_wait_for(h, senders[0].tid);
		return false;
	}
	ms = (clock_ns() - senders[0].since_ns) / 1000000ULL;
	hold_set_waiting(h, TL_CAUSE_SENDER_INSIDE,
			 "%zu sender%s still inside: %s (pid %d) in %s for %llu.%llu s", n,
			 n > 1 ? "s" : "", senders[0].comm, senders[0].pid, senders[0].function,
			 (unsigned long long)(ms / 1000), (unsigned long long)(ms % 1000 / 100));
	return false;
}

/*
 * The ejection of a hold, in a thread that may be lost: to seize a task, ptrace() takes a lock that
 * another thread of its process holds while it reads what it is to execute (cred_guard_mutex), for
 * as long as the file system likes. Whoever is last, the thread or the hold, frees this.
 */
struct ejection {
	struct kside *kside;
	struct remoteproc rp;
	atomic_int users;
	atomic_bool stop;	     /* the hold waits no longer */
	atomic_bool done;	     /* the thread has ended */
	atomic_size_t inside, count; /* senders, and how many have been woken so far */
	atomic_int traced; /* one that could not be woken because a debugger has it, or 0 */
	char failed
		[160]; /* why nobody was ejected, or "". Not to be read before the thread has ended */
	/* Seized and not let go yet. A tracee belongs to the thread that seized it. */
	size_t n_woken;
	struct woken {
		int tid;
		int nice; /* of its own */
	} woken[WOKEN_MAX];
};

/* Threads that still use the kernel side. */
static atomic_int running;

bool hold_ejection_runs(void)
{
	return atomic_load(&running) > 0;
}

static void release(struct ejection *x)
{
	if (atomic_fetch_sub(&x->users, 1) == 1)
		free(x);
}

static bool is_woken(const struct ejection *x, int tid)
{
	for (size_t i = 0; i < x->n_woken; i++)
		if (x->woken[i].tid == tid)
			return true;
	return false;
}

/*
 * Those that are out already try again at once and are refused; a driver that logs each refusal leaves
 * the others little of the CPU to get out with, and they hold a mutex of the transport in between: on
 * an emulated 6.1 the last of 32 were awake for 4 s and not out. So who has been woken goes first,
 * until it is let go.
 */
static void put_first(struct woken *w)
{
	w->nice = getpriority(PRIO_PROCESS, (id_t)w->tid);
	setpriority(PRIO_PROCESS, (id_t)w->tid, -20);
}

static void put_back(const struct woken *w)
{
	setpriority(PRIO_PROCESS, (id_t)w->tid, w->nice);
}

/* False when nobody can wake it: it is a thread of the kernel, or a debugger has it. */
static bool wake(struct ejection *x, int tid)
{
	struct woken *w = &x->woken[x->n_woken];
	const int err = tracee_wake(tid);

	if (err == -EPERM && !worker_is(tid))
		atomic_store(&x->traced, tid);
	if (err)
		return err != -EPERM;
	w->tid = tid;
	put_first(w);
	x->n_woken++;
	atomic_fetch_add(&x->count, 1);
	return true;
}

/*
 * Whether it has stopped, or is gone. It gets its own place back before it is let go: in the first place it would
 * try again at once, and take the CPU from the next one, and from us.
 */
static bool let_sender_go(const struct woken *w)
{
	int signal;

	switch (tracee_look(w->tid, &signal)) {
	case TRACEE_ON_ITS_WAY:
		return false;
	case TRACEE_STOPPED:
		put_back(w);
		tracee_let_go(w->tid, signal);
		break;
	case TRACEE_GONE:
		break;
	}
	return true;
}

/* Returns whether none is on its way any more. */
static bool tend(struct ejection *x)
{
	size_t left = 0;

	for (size_t i = 0; i < x->n_woken; i++)
		if (!let_sender_go(&x->woken[i]))
			x->woken[left++] = x->woken[i];
	x->n_woken = left;
	return left == 0;
}

/* Those that sleep for a buffer and have not been woken. */
static size_t find_asleep(struct ejection *x, int asleep[WOKEN_MAX])
{
	struct kside_sender senders[WOKEN_MAX];
	const size_t n = kside_senders(x->kside, x->rp.index, senders, WOKEN_MAX);
	size_t n_asleep = 0;

	atomic_store(&x->inside, n);
	for (size_t i = 0; i < n; i++)
		if (senders[i].tid && !is_woken(x, senders[i].tid) &&
		    waits_for_buffer(senders[i].tid))
			asleep[n_asleep++] = senders[i].tid;
	return n_asleep;
}

/*
 * Waits until somebody sleeps. On a busy machine senders are mostly out in the end without help, and to attach the
 * hook takes seconds there.
 */
static bool anybody_sleeps(struct ejection *x)
{
	unsigned int pause = PAUSE_FIRST_US;
	int asleep[WOKEN_MAX];

	while (!find_asleep(x, asleep)) {
		if (!atomic_load(&x->inside) || atomic_load(&x->stop))
			return false;
		pause_longer(&pause);
	}
	return true;
}

/*
 * Done when everybody is out. Who was on its way to its wait falls asleep a moment later, so one
 * that does not sleep yet is waited for, too; but not one that nobody can wake.
 */
static bool step(struct ejection *x)
{
	int asleep[WOKEN_MAX];
	const size_t n_asleep = find_asleep(x, asleep);
	size_t left = atomic_load(&x->inside);

	/* Together: a look at the next one takes its time while those that are out try again. */
	for (size_t i = 0; i < n_asleep && x->n_woken < WOKEN_MAX; i++)
		if (!wake(x, asleep[i]))
			left--;
	return tend(x) && !left;
}

/* Who is still inside a send at the end goes on there. */
static void eject(struct ejection *x)
{
	unsigned int pause = PAUSE_FIRST_US;
	uint64_t deadline;

	if (!anybody_sleeps(x) || ejecting_begin(x->kside, &x->rp, x->failed, sizeof(x->failed)))
		return;
	while (!atomic_load(&x->stop) && !step(x))
		pause_longer(&pause);
	deadline = clock_ms() + LAST_STOP_MS;
	while (!tend(x) && clock_ms() < deadline)
		pause_ms(1);
	for (size_t i = 0; i < x->n_woken; i++)
		put_back(&x->woken[i]);
	if (x->n_woken)
		log_debug("%zu ejected threads have not left their send yet", x->n_woken);
	ejecting_end(x->kside, x->rp.index);
}

static void *run_ejection(void *arg)
{
	struct ejection *x = arg;

	eject(x);
	atomic_store(&x->done, true);
	release(x);
	atomic_fetch_sub(&running, 1);
	return NULL;
}

static struct ejection *start(const struct hold *h)
{
	struct ejection *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->kside = h->kside;
	x->rp = h->rp;
	atomic_store(&x->users, 2);
	atomic_fetch_add(&running, 1);
	if (!hold_thread(run_ejection, x))
		return x;
	atomic_fetch_sub(&running, 1);
	free(x);
	return NULL;
}

static bool ejected(struct hold *h, void *arg)
{
	struct ejection *x = arg;

	hold_set_waiting(h, TL_CAUSE_SENDER_INSIDE, "%zu blocked senders still inside",
			 atomic_load(&x->inside));
	return atomic_load(&x->done);
}

/* Whether the thread has ended, also for a hold that is cancelled. */
static bool ended_within(struct ejection *x, unsigned int ms)
{
	const uint64_t deadline = clock_ms() + ms;

	do {
		pause_ms(5);
	} while (!atomic_load(&x->done) && clock_ms() < deadline);
	return atomic_load(&x->done);
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
		hold_event(h,
			   "not every blocked sender was woken in time: the machine is busy, or a "
			   "process waits in exec() for a file system that does not answer");
	else if (x->failed[0])
		hold_event(h, "blocked senders cannot be ejected (%s); the hold waits for them",
			   x->failed);
	count = atomic_load(&x->count);
	traced = atomic_load(&x->traced);
	release(x);
	if (count)
		hold_step(h, TL_EJECTED, (int64_t)count, "ejected %zu blocked sender%s (full ring)",
			  count, count > 1 ? "s" : "");
	if (traced)
		hold_event(h,
			   "thread %d is being debugged and cannot be ejected; the hold "
			   "waits for its send",
			   traced);
	return waited;
}

enum waited senders_eject(struct hold *h)
{
	enum waited waited = WAITED_DONE;

	if (h->kside && h->config->eject && ejecting_possible(h->kside, h->rp.index))
		waited = hold_wait(h, clock_ms() + EJECT_AFTER_MS, drained, NULL);
	if (waited == WAITED_TIMED_OUT)
		waited = eject_sleepers(h);
	if (waited == WAITED_CANCELLED)
		return waited;
	hold_set_state(h, HOLD_EJECTED);
	return WAITED_DONE;
}

enum waited senders_drain(struct hold *h)
{
	enum waited waited = WAITED_DONE;

	if (h->kside)
		waited = hold_wait(h, h->deadline_ms, drained, NULL);
	if (waited == WAITED_DONE)
		waited = unrecorded_leave(h);
	if (waited != WAITED_DONE)
		return waited;
	if (h->kside)
		hold_step(h, TL_DRAINED, 0, "drained: no sender inside");
	hold_set_state(h, HOLD_DRAINED);
	return WAITED_DONE;
}

bool hooks_missing(struct hold *h)
{
	return h->kside && !kside_is_current(h->kside);
}

static bool all_are_hooked(struct hold *h, void *arg)
{
	(void)arg;
	if (!hooks_missing(h))
		return true;
	hold_set_waiting(h, TL_CAUSE_HOOKS,
			 "the hooks of a new or removed module are still "
			 "missing");
	return false;
}

enum waited hooks_wait(struct hold *h)
{
	return hold_wait(h, h->deadline_ms, all_are_hooked, NULL);
}
