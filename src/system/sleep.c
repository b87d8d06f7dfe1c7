// SPDX-License-Identifier: GPL-2.0-only
/* Reads wchan and stack in /proc, and finds out which of the two is true on this kernel. */
#include "system/sleep.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/files.h"
#include "system/task.h"
#include "system/test_hooks.h"

static _Atomic(enum sleep_source) source = SLEEP_BY_WCHAN;

static _Atomic(enum { STACKS_UNSEEN, STACKS_SHOWN, STACKS_NOT_SHOWN }) stacks = STACKS_UNSEEN;

/* MAX_STACK_TRACE_DEPTH in fs/proc/base.c: what is below is not shown. */
#define STACK_MAX 64

bool sleep_has(const char *text, const char *const parts[])
{
	for (size_t i = 0; parts[i]; i++)
		if (strstr(text, parts[i]))
			return true;
	return false;
}

static enum sleeps by_wchan(int tid, const char *const parts[])
{
	char function[128];

	return task_read(tid, "wchan", function, sizeof(function)) > 0 && sleep_has(function, parts)
		       ? SLEEPS_THERE
		       : SLEEPS_ELSEWHERE;
}

/* What is in the last line of every stack: the way in from user mode, or the beginning of the thread. */
static bool is_end(const char *line)
{
	static const char *const ends[] = {
		"entry_", "asm_", "ret_from_fork", "ret_fast_syscall", "el0_", "el0t", NULL
	};

	return sleep_has(line, ends);
}

static enum sleeps by_stack(int tid, const char *const parts[])
{
	bool there = false, ended = false;
	char path[64], line[256];
	unsigned int n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stack", tid);
	f = fopen(path, "re");
	if (!f)
		return SLEEPS_SOMEWHERE;
	while (fgets(line, sizeof(line), f)) {
		there |= sleep_has(line, parts);
		ended = is_end(line);
		n++;
	}
	fclose(f);
	if (there)
		return SLEEPS_THERE;
	return ended && n < STACK_MAX ? SLEEPS_ELSEWHERE : SLEEPS_SOMEWHERE;
}

static bool panics_on_warning(void)
{
	char value[16];

	return file_read_line("/proc/sys/kernel/panic_on_warn", value, sizeof(value)) > 0 &&
	       strcmp(value, "0") != 0;
}

static char state_of(int tid)
{
	struct task_stat stat;

	return task_stat(tid, &stat) ? stat.state : 'X';
}

enum sleeps task_sleeps(int tid, const char *const parts[])
{
	const enum sleep_source by = sleep_source();

	if (by == SLEEP_BY_WCHAN)
		return by_wchan(tid, parts);
	switch (state_of(tid)) {
	case 'S':
	case 'D':
		return by == SLEEP_BY_STACK ? by_stack(tid, parts) : SLEEPS_SOMEWHERE;
	case 'R':
		/* Its stack is that of its last sleep. */
		return SLEEPS_SOMEWHERE;
	default:
		return SLEEPS_ELSEWHERE; /* it is idle, stopped, or has ended */
	}
}

enum sleeps task_sleeps_below(int tid, const char *const parts[])
{
	/* Idle workers of the kernel and stopped tasks have a stack like those asleep. */
	return state_of(tid) != 'R' && !panics_on_warning() ? by_stack(tid, parts)
							    : SLEEPS_SOMEWHERE;
}

enum sleeps task_sleeps_in_send(int tid)
{
	static const char *const functions[] = { "rpmsg_send", NULL };

	return task_sleeps(tid, functions);
}

bool task_wakes_up(int tid)
{
	char function[8];

	return task_read(tid, "wchan", function, sizeof(function)) > 0 &&
	       strcmp(function, "0") == 0;
}

bool task_is_asleep(int tid)
{
	const char state = state_of(tid);

	return state == 'S' || state == 'D';
}

bool task_sleeps_lightly(int tid)
{
	return state_of(tid) == 'S';
}

static bool shows_stack(int tid, const char *part)
{
	const char *const parts[] = { part, NULL }, *const none[] = { NULL };

	/* The second asks whether the stack is shown to its end. */
	return !panics_on_warning() && by_stack(tid, parts) == SLEEPS_THERE &&
	       by_stack(tid, none) == SLEEPS_ELSEWHERE;
}

void sleep_choose(int tid, const char *part)
{
	const char *const parts[] = { part, NULL };
	const bool shown = shows_stack(tid, part);
	enum sleep_source chosen = by_wchan(tid, parts) == SLEEPS_THERE ? SLEEP_BY_WCHAN
				   : shown				? SLEEP_BY_STACK
									: SLEEP_BY_NOTHING;

	if (!shown)
		atomic_store(&stacks, STACKS_NOT_SHOWN);
	else if (atomic_load(&stacks) == STACKS_UNSEEN)
		atomic_store(&stacks, STACKS_SHOWN);
	if (test_sleep_source && test_sleep_source() > (int)chosen)
		chosen = (enum sleep_source)test_sleep_source();
	if (chosen > sleep_source())
		atomic_store(&source, chosen);
}

enum sleep_source sleep_source(void)
{
	return atomic_load(&source);
}

enum sleep_stack sleep_stack(void)
{
	if (atomic_load(&stacks) != STACKS_SHOWN || sleep_source() == SLEEP_BY_NOTHING ||
	    panics_on_warning())
		return STACK_HIDDEN;
	return sleep_source() == SLEEP_BY_WCHAN ? STACK_TRUE : STACK_GUESSED;
}
