// SPDX-License-Identifier: GPL-2.0-only
/*
 * Senders that are inside without a record, because the kernel skipped the kernel side at their entry
 * (kernel_side/missed.c). They are found by the function that they sleep in.
 *
 * A thread that waits for a CPU shows no function. A program that sends through a tty or a device is no matter: the
 * hang-up and the count of open files wait for it. A thread of the kernel is waited for until it sleeps elsewhere, or
 * has used more CPU time than a send does. That ends soon: only real-time tasks keep such a thread from a CPU, and
 * they keep the barrier away, too.
 */
#include <string.h>

#include "hold/steps.h"
#include "kernel_side/kside.h"
#include "system/files.h"
#include "system/sleep.h"
#include "system/task.h"

#define SUSPECTS_MAX 64

/* In ticks of USER_HZ: two, so that at least a whole one has passed. */
#define SEND_CPU_TICKS 2

struct suspect {
	pid_t tid;
	bool runs;	    /* when it was found */
	uint64_t cpu_ticks; /* then */
};

struct suspects {
	const struct kside *kside;
	struct suspect list[SUSPECTS_MAX];
	size_t n;
	bool all; /* the last walk through the threads has seen all of them */
};

/* Where nothing can be read but the thread is there, it may be inside. */
static bool sleeps_in_send(pid_t tid)
{
	/*
	 * The second one may be a function of its own. In the third a kick waits for the mailbox of the remote
	 * processor, and who waits for another mailbox does not do so for long.
	 */
	static const char *const functions[] = { "rpmsg_send", "get_a_tx_buf", "mbox_send", NULL };
	char function[128];
	const int n = task_read(tid, "wchan", function, sizeof(function));

	if (n < 0)
		return !task_is_gone_by(n);
	return sleep_has(function, functions);
}

static bool is_unrecorded(const struct suspects *s, pid_t tid)
{
	return sleeps_in_send(tid) && !kside_is_on_record(s->kside, tid);
}

static bool add(struct suspects *s, const struct suspect *suspect)
{
	if (s->n == SUSPECTS_MAX)
		return false;
	s->list[s->n++] = *suspect;
	return true;
}

static bool take_thread(pid_t tid, void *arg)
{
	return !is_unrecorded(arg, tid) || add(arg, &(struct suspect){ .tid = tid });
}

static bool take_process(const struct process *p, void *arg)
{
	return process_threads(p) > 1 ? threads_each(p->pid, take_thread, arg)
				      : take_thread(p->pid, arg);
}

static bool take_kernel_thread(pid_t tid, const struct task_stat *stat, void *arg)
{
	const struct suspect suspect = { tid, true, stat->cpu_ticks };

	switch (stat->state) {
	case 'R':
		return add(arg, &suspect);
	case 'I': /* no send sleeps like that */
		return true;
	default:
		return take_thread(tid, arg);
	}
}

static bool may_be_inside(const struct suspects *s, const struct suspect *suspect)
{
	struct task_stat stat;

	if (suspect->runs && task_stat(suspect->tid, &stat) && stat.state == 'R')
		return stat.cpu_ticks < suspect->cpu_ticks + SEND_CPU_TICKS;
	return is_unrecorded(s, suspect->tid);
}

static void look_again(struct suspects *s)
{
	size_t left = 0;

	for (size_t i = 0; i < s->n; i++)
		if (may_be_inside(s, &s->list[i]))
			s->list[left++] = s->list[i];
	s->n = left;
}

static void tell(struct hold *h, pid_t tid, const char *comm)
{
	h->met_somebody = true;
	if (h->told_of_unrecorded)
		return;
	h->told_of_unrecorded = true;
	hold_event(
		h,
		"%s (pid %d) is inside a send, and the guard did not see it begin: another program "
		"calls bpf(), and the kernel skips the guard's hooks meanwhile. The hold waits for "
		"this send",
		comm, tid);
}

static bool all_left(struct hold *h, void *arg)
{
	struct suspects *s = arg;
	char comm[16];

	if (s->n)
		look_again(s);
	else
		s->all = processes_glance(take_process, s) &&
			 kernel_threads_each(take_kernel_thread, s);
	if (!s->n && s->all)
		return true;
	if (!s->n) {
		hold_set_waiting(h, TL_CAUSE_SENDER_INSIDE, "the guard cannot look at all threads");
		return false;
	}
	task_comm(s->list[0].tid, comm);
	if (sleeps_in_send(s->list[0].tid))
		tell(h, s->list[0].tid, comm);
	hold_set_waiting(h, TL_CAUSE_SENDER_INSIDE,
			 "%s (pid %d) may still be inside a send that the guard did not see begin "
			 "(another program calls bpf())",
			 comm, s->list[0].tid);
	return false;
}

enum waited unrecorded_leave(struct hold *h)
{
	struct suspects s = { .kside = h->kside };

	if (!h->kside || !kside_may_have_missed(h->kside))
		return WAITED_DONE;
	return hold_wait_at_the_end(h, all_left, &s);
}
