// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order matters. First the kernel side is told to hand out buffers, then anybody is woken: a
 * sender that wakes up with a request to stop pending and finds no buffer runs in circles inside
 * rpmsg_send_offchannel_raw() until it is let go.
 */
#include "hold/eject.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "log/log.h"
#include "system/files.h"
#include "system/task.h"

/* A tracer can let go of a tracee only when that has stopped. How long the end waits for it. */
#define LAST_STOP_MS 200

/* At most so many on their way at a time; more are woken when those have come out. */
#define WOKEN_MAX 64

struct eject {
	struct guard *guard;
	int index;
	size_t count;
	int traced; /* one that belongs to a debugger */
	size_t n;   /* seized and not let go yet */
	int tids[WOKEN_MAX];
};

struct eject *eject_begin(struct guard *guard, int index)
{
	struct eject *e;

	if (!ejecting_possible(guard, index))
		return NULL;
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	e->guard = guard;
	e->index = index;
	ejecting_begin(guard, index);
	return e;
}

/* Nobody else sleeps there than who waits for a buffer: the rest of a send takes mutexes only. */
static bool waits_for_buffer(int tid)
{
	static const char *const functions[] = { "rpmsg_send", NULL };

	return task_sleeps_in(tid, functions);
}

static bool is_woken(const struct eject *e, int tid)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->tids[i] == tid)
			return true;
	return false;
}

static void wake(struct eject *e, int tid)
{
	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) < 0) {
		if (errno == EPERM)
			e->traced = tid;
		return;
	}
	ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
	e->tids[e->n++] = tid;
	e->count++;
}

/* Whether it has stopped, or is gone: then it is not ours any more. */
static bool let_go(int tid)
{
	int status, signal = 0;
	/* Only our own tracees: another thread may wait for a child of its own. */
	const pid_t pid = waitpid(tid, &status, __WALL | __WNOTHREAD | WNOHANG);

	if (pid == 0)
		return false;
	if (pid < 0 || !WIFSTOPPED(status))
		return true;
	/* Stopped for a signal of its own, which must not be lost; our request looks different. */
	if (status >> 16 == 0)
		signal = WSTOPSIG(status);
	ptrace(PTRACE_DETACH, tid, NULL, (void *)(long)signal);
	return true;
}

static void tend(struct eject *e)
{
	size_t left = 0;

	for (size_t i = 0; i < e->n; i++)
		if (!let_go(e->tids[i]))
			e->tids[left++] = e->tids[i];
	e->n = left;
}

size_t eject_step(struct eject *e, const struct guard_sender *senders, size_t n)
{
	for (size_t i = 0; i < n && e->n < WOKEN_MAX; i++)
		if (senders[i].tid && !is_woken(e, senders[i].tid) &&
		    waits_for_buffer(senders[i].tid))
			wake(e, senders[i].tid);
	tend(e);
	return e->n;
}

size_t eject_count(const struct eject *e)
{
	return e->count;
}

int eject_traced(const struct eject *e)
{
	return e->traced;
}

void eject_end(struct eject *e)
{
	const uint64_t deadline = clock_ms() + LAST_STOP_MS;

	for (tend(e); e->n && clock_ms() < deadline; tend(e))
		pause_ms(1);
	if (e->n)
		log_debug("%zu ejected threads have not come out yet", e->n);
	ejecting_end(e->guard, e->index);
	free(e);
}
