// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for opens of ttys that are under way, and that nothing shows yet.
 *
 * A task may have looked up a tty's node just before it was put aside, and be anywhere between
 * there and the return of open(). When the hang-up is over it comes out with a descriptor that is
 * alive. So between the removal of the nodes and the hang-up, every task that could open one of the
 * ttys at all has to be seen outside of an open once.
 *
 * Closes need no such wait: as long as one is under way, the kernel's count of references says so
 * (hangup_ask()).
 *
 * What /proc tells of a thread: its state, and the kernel function that it sleeps in. Who sleeps
 * inside an open of a tty does so in one of few functions. One that runs is outside as soon as it
 * has used more CPU time itself than the call can: an open of a tty takes some ten microseconds of
 * it and has no loop. Or as soon as it sends: writers that a closed gate refuses run all the time, and need
 * not be waited for that long (sent.h).
 *
 * Who could not open any of the ttys by its credentials is not in an open of one. That is asked
 * next, of the few that are left: those are the ones that others start in order to be waited for.
 * Only of those that could does a helper find out by the thread's stack whether it is in an open of a device
 * (helper/opening.c, where it stands why nothing that the thread's program controls counts). In that order:
 * /proc/<tid>/stack takes a lock of the thread's process that its owner may have held for ever
 * (opener.h).
 *
 * Who may be inside is asked again until it is seen outside: what it opens may be another device, whose module
 * is being loaded, and no sign of that is certain.
 *
 * Kernel threads open no ttys, but for those that work for an io_uring before 5.12, which only their
 * stack shows.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "helper/helper.h"
#include "helper/jobs.h"
#include "hold/sent.h"
#include "hold/steps.h"
#include "system/files.h"
#include "system/sleep.h"
#include "system/task.h"

/* In ticks of USER_HZ, 10 ms each: two, so that at least a whole one has passed. */
#define CALL_CPU_TICKS 2

/*
 * What a helper may take, mostly some ten microseconds, and how many may be silent at a time: a second and a
 * half of waiting at most, and the helpers are there for others, too. On a busy machine an answer comes later,
 * and is as good then.
 */
#define PATIENCE_MS 200
#define SILENT_MAX 8

/* One that ends without an answer does not know, or there was none to be had: the spawner was busy. */
#define AGAIN_MS 1000

/* The name of a function of the kernel. */
#define FUNCTION_MAX 128

struct thread {
	pid_t tid;
	int helper;	    /* that was asked: what it answers on, or -1 */
	uint64_t again_ms;  /* none is asked before */
	uint64_t cpu_ticks; /* when it was first seen running */
};

/* Every thread, except those of this process, that was not seen outside yet. */
struct stock {
	struct thread *threads;
	size_t n, room;
	struct opening_request request; /* but for the thread */
	unsigned int silent;		/* helpers that have been asked and may still answer */
	bool whole;			/* all threads have been looked at */
	struct sent sent;
	const struct reach *reach;
};

/*
 * Reads in which function thread @tid of the folder @proc sleeps: "0" of one that runs or has just woken up,
 * or that cannot be read; "" of one that has gone.
 */
static void read_wchan(int proc, const char *tid, char function[FUNCTION_MAX])
{
	char path[32];
	int err;

	snprintf(path, sizeof(path), "%.16s/wchan", tid);
	err = file_read_line_at(proc, path, function, FUNCTION_MAX);
	if (err < 0 && !task_is_gone_by(err))
		strcpy(function, "0");
}

/*
 * Where wchan is not true everybody may be in an open: a helper says whether it is. It takes a lock to see
 * the stack that only a helper may wait for.
 */
static bool may_be_opening(const char *function)
{
	return sleep_source() != SLEEP_BY_WCHAN || opening_may_sleep_in(function);
}

static bool may_sleep_in_open(pid_t tid)
{
	char name[32], function[FUNCTION_MAX];

	snprintf(name, sizeof(name), "/proc/%d", tid);
	read_wchan(AT_FDCWD, name, function);
	return may_be_opening(function);
}

void reach_add(struct reach *r, const struct rights *rights)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->kinds[i].mode == rights->mode && r->kinds[i].uid == rights->uid &&
		    r->kinds[i].gid == rights->gid)
			return;
	if (r->n == REACH_MAX)
		r->everybody = true;
	else
		r->kinds[r->n++] = *rights;
}

/* Whether thread @tid could open any of the ttys. Also true when that cannot be said. */
static bool reach_has(const struct reach *r, pid_t tid)
{
	return r->everybody || thread_could_open(tid, r->kinds, r->n, RIGHT_READ | RIGHT_WRITE);
}

static void drop_helper(struct stock *s, struct thread *t)
{
	if (t->helper < 0)
		return;
	close(t->helper);
	t->helper = -1;
	s->silent--;
}

/* Silence means that it may be in an open of ours. */
static bool ask_helper(struct stock *s, struct thread *t)
{
	struct opening_answer answer = { 0 };
	ssize_t n = -EPIPE;

	if (t->helper < 0) {
		if (s->silent == SILENT_MAX || clock_ms() < t->again_ms)
			return false;
		s->request.tid = t->tid;
		t->helper = helper_ask(HELPER_OPENING, t->tid, &s->request, sizeof(s->request));
		if (t->helper >= 0) {
			s->silent++;
			poll(&(struct pollfd){ t->helper, POLLIN, 0 }, 1, PATIENCE_MS);
		}
	}
	if (t->helper >= 0)
		n = helper_answer(t->helper, &answer, sizeof(answer), NULL);
	if (n == -EAGAIN)
		return false;
	drop_helper(s, t);
	if (n != sizeof(answer))
		t->again_ms = clock_ms() + AGAIN_MS;
	return n == sizeof(answer) && answer.outside;
}

static bool outside(struct stock *s, struct thread *t)
{
	struct task_stat stat;

	if (sent_has(&s->sent, t->tid))
		return true;
	if (!thread_stat(t->tid, &stat))
		return !task_is_there(t->tid);
	switch (stat.state) {
	case 'Z':
	case 'X':
	case 'T':
	case 't':
		/* Stopped threads stop on their way back to user mode. */
		return true;
	case 'R':
		return stat.cpu_ticks >= t->cpu_ticks + CALL_CPU_TICKS;
	default:
		return !may_sleep_in_open(t->tid) || !reach_has(s->reach, t->tid) ||
		       ask_helper(s, t);
	}
}

static bool add(struct stock *s, struct thread *t)
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
	t->cpu_ticks = thread_stat(t->tid, &stat) ? stat.cpu_ticks : 0;
	s->threads[s->n++] = *t;
	return true;
}

/* Most threads sleep somewhere else, and are done with here. */
static bool take_thread(pid_t tid, void *arg)
{
	struct thread t = { .tid = tid, .helper = -1, .cpu_ticks = UINT64_MAX - CALL_CPU_TICKS };
	struct stock *s = arg;
	const bool done = outside(s, &t) || !reach_has(s->reach, tid);

	if (!done && add(s, &t))
		return true;
	drop_helper(s, &t);
	return done;
}

/*
 * Mostly all that has to be known of a process, in one file: its only thread sleeps in a function that no
 * open of ours sleeps in. A name there is of a thread that sleeps, at that moment.
 */
static bool sleeps_elsewhere(const struct process *p)
{
	char function[FUNCTION_MAX];

	read_wchan(p->proc, p->name, function);
	return function[0] && !may_be_opening(function);
}

/*
 * A thread that is created from here on looks up a node that is not there any more, so the number
 * that there were will do.
 */
static bool take_process(const struct process *p, void *arg)
{
	if (process_threads(p) > 1)
		return threads_each(p->pid, take_thread, arg);
	return sleeps_elsewhere(p) || take_thread(p->pid, arg);
}

/* From the beginning: one that could not be looked at for a moment, or for want of memory, is not left out. */
static bool look_at_all(struct stock *s)
{
	for (size_t i = 0; i < s->n; i++)
		drop_helper(s, &s->threads[i]);
	s->n = 0;
	s->whole = processes_glance(take_process, s);
	return s->whole;
}

static bool settled(struct hold *h, void *arg)
{
	struct stock *s = arg;
	size_t left = 0;
	char comm[16];

	if (!s->whole && !look_at_all(s)) {
		hold_set_waiting(h, TL_CAUSE_TTY_OPENING, "a look at all processes: it fails");
		return false;
	}
	for (size_t i = 0; i < s->n; i++) {
		if (outside(s, &s->threads[i]))
			drop_helper(s, &s->threads[i]);
		else
			s->threads[left++] = s->threads[i];
	}
	s->n = left;
	if (!left)
		return true;
	task_comm(s->threads[0].tid, comm);
	hold_set_waiting(h, TL_CAUSE_TTY_OPENING, "%s (pid %d) may still be opening a tty", comm,
			 s->threads[0].tid);
	return false;
}

enum waited ttys_settle(struct hold *h)
{
	struct stock s = { .reach = &h->reach,
			   .request = { .stack = sleep_stack(),
					.by_wchan = sleep_source() == SLEEP_BY_WCHAN,
					.n = (uint32_t)h->n_ttys } };
	enum waited waited;

	if (!h->n_ttys && !h->endpoints.n)
		return WAITED_DONE;
	for (size_t i = 0; i < h->n_ttys; i++)
		s.request.devs[i] = h->ttys[i].keepout.tty.dev;
	/* Any number of devices, of one major (rpmsg_chrdev_init() in drivers/rpmsg/rpmsg_char.c). */
	if (h->endpoints.n)
		s.request.major_nr = major(h->endpoints.list[0].tty.dev);
	sent_begin(&s.sent, h);
	waited = hold_wait(h, h->deadline_ms, settled, &s);
	for (size_t i = 0; i < s.n; i++)
		drop_helper(&s, &s.threads[i]);
	free(s.threads);
	if (waited == WAITED_DONE)
		hold_set_state(h, HOLD_SETTLED);
	return waited;
}
