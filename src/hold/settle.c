// SPDX-License-Identifier: GPL-2.0-only
/*
 * What /proc tells of a thread: asleep in which system call and in which kernel function, or
 * "running", which is user mode, the kernel, or waiting for a CPU. Who sleeps inside an open or a
 * release of a tty does so in one of few functions, or in close() itself; of an open, the path tells
 * whether it is one of our ttys or, say, a serial port that waits for its carrier. One
 * that runs is outside as soon as it has used more CPU time than the call can: an open or a release
 * of a tty takes some ten microseconds of it and has no loop.
 *
 * Kernel threads open no ttys. Releases come to one kind of them only: a last reference that is
 * dropped where no system call returns from (one in flight on a socket, say) is released by a work
 * item, delayed_fput(). So after a hang-up, workers that are not idle count.
 */
#include "hold/settle.h"

#include <stdio.h>
#include <stdlib.h>

#include "hold/opener.h"
#include "system/holders.h"
#include "system/processes.h"
#include "system/task.h"
#include "system/tty.h"

/* In ticks of USER_HZ, 10 ms each: two, so that at least a whole one has passed. */
#define CALL_CPU_TICKS 2

struct thread {
	pid_t tid;
	uint64_t cpu_ticks; /* when it was first seen running */
};

struct settle {
	struct thread *threads; /* not seen outside yet */
	size_t n, room;
	enum settle_what what;
	dev_t devs[RPMSG_TTY_MAX];
	size_t n_devs;
	uint64_t open;
	bool look_again; /* somebody was not outside at the first look */
};

/*
 * Where an open of a tty sleeps. The node is there before the driver of its number is
 * (tty_register_device_attr() in drivers/tty/tty_io.c): whoever opens it in between has the kernel
 * look for a module, kobj_lookup() in drivers/base/map.c, and gets the tty when modprobe has failed.
 */
static const char *const open_functions[] = {
	"tty",	       "ldisc",		 "ldsem", "__fput",	    "chrdev_open",
	"kobj_lookup", "request_module", "kmod_", "usermodehelper", NULL
};

/* Where a release sleeps; not those of a read, write or poll of some other tty. */
static const char *const release_functions[] = {
	"tty_release", "tty_lock", "tty_wait_until_sent", "tty_ldisc_release", "tty_flush",
	"__fput",      NULL
};

static bool ran_long_enough(const struct thread *t)
{
	struct task_stat stat;

	return !task_stat(t->tid, &stat) || stat.state == 'Z' ||
	       stat.cpu_ticks >= t->cpu_ticks + CALL_CPU_TICKS;
}

static bool outside(const struct settle *s, const struct thread *t)
{
	switch (opener_whereabouts(t->tid)) {
	case TASK_GONE:
		return true;
	case TASK_RUNNING:
		return ran_long_enough(t);
	case TASK_IN_OPEN:
		return !task_sleeps_in(t->tid, open_functions) ||
		       opener_opens_another(t->tid, s->devs, s->n_devs);
	case TASK_IN_CLOSE:
		return s->what == SETTLE_NEWCOMERS && !task_sleeps_in(t->tid, release_functions);
	case TASK_ELSEWHERE:
		/* Any system call can end in a release on the way back to user mode. */
		return !task_sleeps_in(t->tid, release_functions);
	}
	return true;
}

static bool add(struct settle *s, pid_t tid)
{
	struct thread *threads;
	struct task_stat stat;

	if (s->n == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		threads = realloc(s->threads, s->room * sizeof(*threads));
		if (!threads)
			return false;
		s->threads = threads;
	}
	s->threads[s->n++] = (struct thread){
		.tid = tid,
		.cpu_ticks = task_stat(tid, &stat) ? stat.cpu_ticks : 0,
	};
	s->look_again = true;
	return true;
}

/* Most threads sleep somewhere else, and are done with here. */
static bool take_thread(pid_t tid, void *arg)
{
	const struct thread t = { .tid = tid, .cpu_ticks = UINT64_MAX - CALL_CPU_TICKS };

	return outside(arg, &t) || add(arg, tid);
}

static bool look_at_descriptors(pid_t pid, const struct task_stat *stat, void *arg)
{
	struct settle *s = arg;

	s->open |= process_devices(pid, stat->threads, s->devs, s->n_devs);
	return true;
}

static bool take_process(pid_t pid, const struct task_stat *stat, void *arg)
{
	/* 'I': TASK_IDLE, a worker without work. */
	if (stat->kernel_thread)
		return !stat->worker || stat->state == 'I' || take_thread(pid, arg);
	/*
	 * A thread that is created from here on looks up a node that is not there any more, so the
	 * number that there were will do.
	 */
	if (stat->threads > 1 ? !threads_each(pid, take_thread, arg) : !take_thread(pid, arg))
		return false;
	/* In this order: what was opened before a thread was seen outside is in the table. */
	return look_at_descriptors(pid, stat, arg);
}

struct settle *settle_begin(enum settle_what what, const dev_t *devs, size_t n)
{
	struct settle *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->what = what;
	s->n_devs = n;
	for (size_t i = 0; i < n; i++)
		s->devs[i] = devs[i];
	if (what == SETTLE_CLOSES ? processes_and_kernel_threads_each(take_process, s)
				  : processes_each(take_process, s))
		return s;
	settle_end(s);
	return NULL;
}

bool settle_done(struct settle *s, char *waiting_for, size_t len)
{
	size_t left = 0;
	char comm[16];

	for (size_t i = 0; i < s->n; i++)
		if (!outside(s, &s->threads[i]))
			s->threads[left++] = s->threads[i];
	s->n = left;
	if (!left) {
		/* At everybody: what was opened meanwhile may have been passed on. */
		if (s->look_again)
			processes_each(look_at_descriptors, s);
		s->look_again = false;
		return true;
	}
	task_comm(s->threads[0].tid, comm);
	snprintf(waiting_for, len, "%s[%d], which may be %s a tty", comm, s->threads[0].tid,
		 s->what == SETTLE_NEWCOMERS ? "opening" : "closing");
	return false;
}

uint64_t settle_open(const struct settle *s)
{
	return s->open;
}

void settle_end(struct settle *s)
{
	if (!s)
		return;
	free(s->threads);
	free(s);
}
