// SPDX-License-Identifier: GPL-2.0-only
/* Finds threads of the kernel that sleep in a send, and says what that means. */
#include "hold/workers.h"

#include "hold/steps.h"
#include "system/files.h"
#include "system/sleep.h"
#include "system/task.h"

/* A remote processor that is alive gives buffers back within milliseconds. */
#define TELL_AFTER_MS 1000

bool worker_is(int tid)
{
	struct task_stat stat;

	return task_stat(tid, &stat) && stat.kernel_thread;
}

static bool find(pid_t tid, const struct task_stat *stat, void *arg)
{
	int *found = arg;

	(void)stat;
	if (task_sleeps_in_send(tid) != SLEEPS_THERE)
		return true;
	*found = tid;
	return false;
}

void worker_wait_for(struct hold *h, int tid)
{
	char comm[16];

	task_comm(tid, comm);
	hold_set_waiting(h, TL_CAUSE_SENDER_INSIDE,
			 "kernel thread %s (pid %d) is still inside a send: a tty echoes its "
			 "input (\"stty -echo\" on this tty avoids it)",
			 comm, tid);
	if (!h->worker_since_ms)
		h->worker_since_ms = clock_ms();
	if (h->told_of_worker || clock_ms() - h->worker_since_ms < TELL_AFTER_MS)
		return;
	h->told_of_worker = true;
	hold_event(h,
		   "kernel thread %s (pid %d) is blocked in a send, because a tty echoes its "
		   "input. The guard cannot eject a kernel thread: each echoed character can take "
		   "15 s. Use \"stty -echo\" on this tty, or raw mode in the program that opens it",
		   comm, tid);
}

static bool is_outside(pid_t tid, void *arg)
{
	(void)arg;
	/* The stack of a process is not asked for here: it takes the lock of task_syscall(). */
	return sleep_source() != SLEEP_BY_WCHAN || task_sleeps_in_send(tid) != SLEEPS_THERE;
}

bool worker_wait_for_any(struct hold *h, size_t i, const struct holder *holders, size_t n)
{
	int found = 0;

	for (size_t k = 0; k < n; k++)
		if (holders[k].devices & (UINT64_C(1) << i) &&
		    !threads_each(holders[k].pid, is_outside, NULL))
			return false;
	kernel_threads_each(find, &found);
	if (found)
		worker_wait_for(h, found);
	return found;
}
