// SPDX-License-Identifier: GPL-2.0-only
/*
 * What /proc tells of a thread: asleep in which system call and in which kernel function, or
 * "running", which is user mode, the kernel, or waiting for a CPU. Who sleeps inside an open or a
 * release of a tty does so in a function with "tty" or "ldisc" in its name, or in close() itself. One
 * that runs is outside as soon as it has used more CPU time than the call can: an open or a release
 * of a tty takes some ten microseconds of it and has no loop.
 */
#include "hold/settle.h"

#include <ctype.h>
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hold/opener.h"
#include "system/task.h"

/* In ticks of USER_HZ, 10 ms each: two, so that at least a whole one has passed. */
#define CALL_CPU_TICKS 2

struct thread {
	int tid;
	uint64_t cpu_ticks; /* when it was first seen running */
};

struct settle {
	struct thread *threads; /* not seen outside yet */
	size_t n, room;
	enum settle_what what;
};

/* Where a release sleeps; not those of a read, write or poll of some other tty. */
static const char *const release_functions[] = {
	"tty_release", "tty_lock", "tty_wait_until_sent", "tty_ldisc_release", "tty_flush",
	"__fput",      NULL
};

static bool ran_long_enough(const struct thread *t)
{
	uint64_t ticks = 0;

	return task_state(t->tid, &ticks) == 'Z' || ticks >= t->cpu_ticks + CALL_CPU_TICKS;
}

static bool outside(const struct settle *s, const struct thread *t)
{
	static const char *const tty_functions[] = { "tty", "ldisc", "ldsem", "__fput", NULL };

	switch (opener_whereabouts(t->tid)) {
	case TASK_GONE:
		return true;
	case TASK_RUNNING:
		return ran_long_enough(t);
	case TASK_IN_CLOSE:
		return s->what == SETTLE_OPENS;
	case TASK_IN_OPEN:
		return !task_sleeps_in(t->tid, tty_functions);
	case TASK_ELSEWHERE:
		/* Any system call can end in a release on the way back to user mode. */
		return s->what == SETTLE_OPENS || !task_sleeps_in(t->tid, release_functions);
	}
	return true;
}

static bool add(struct settle *s, int tid)
{
	struct thread *threads;
	uint64_t ticks = 0;

	if (s->n == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		threads = realloc(s->threads, s->room * sizeof(*threads));
		if (!threads)
			return false;
		s->threads = threads;
	}
	task_state(tid, &ticks);
	s->threads[s->n++] = (struct thread){ .tid = tid, .cpu_ticks = ticks };
	return true;
}

/* Most threads sleep somewhere else, and are done with here. */
static bool take_stock(struct settle *s, int tid)
{
	const struct thread t = { .tid = tid, .cpu_ticks = UINT64_MAX - CALL_CPU_TICKS };

	return outside(s, &t) || add(s, tid);
}

typedef bool (*entry_fn)(struct settle *s, int number);

static bool for_each_number(const char *path, struct settle *s, entry_fn fn)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool ok = true;

	if (!dir)
		return true; /* it has ended meanwhile */
	while (ok && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			ok = fn(s, atoi(entry->d_name));
	closedir(dir);
	return ok;
}

static bool take_process(struct settle *s, int pid)
{
	char path[64];

	if (pid == getpid())
		return true;
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	return for_each_number(path, s, take_stock);
}

struct settle *settle_begin(enum settle_what what)
{
	struct settle *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->what = what;
	if (for_each_number("/proc", s, take_process))
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
	if (!left)
		return true;
	task_comm(s->threads[0].tid, comm);
	snprintf(waiting_for, len, "%s[%d], which may be %s a tty", comm, s->threads[0].tid,
		 s->what == SETTLE_OPENS ? "opening" : "closing");
	return false;
}

void settle_end(struct settle *s)
{
	if (!s)
		return;
	free(s->threads);
	free(s);
}
