/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In which function of the kernel a thread sleeps.
 *
 * Mostly /proc/<tid>/wchan says it. Where the kernel guesses at stacks (CONFIG_UNWINDER_GUESS), or looks
 * for frame pointers that are not there (x86 before 5.16, commit bc9bbb81730e), wchan is empty or wrong. Then
 * /proc/<tid>/stack has every function that the thread is in, and with guesses some more: that a function
 * is on it may be wrong, that none is there is right when the stack was shown to its end.
 */
#ifndef RPMSG_GUARD_SYSTEM_SLEEP_H
#define RPMSG_GUARD_SYSTEM_SLEEP_H

#include <stdbool.h>

/* What is lost with neither, and what brings it back. */
#define SLEEP_LOSS                                                                                 \
	"stops wait up to 18 s after the start of the guard, and up to 18 s when the guard "       \
	"misses the end of a send"
#define SLEEP_REMEDY                                                                               \
	"enable CONFIG_UNWINDER_ORC or CONFIG_UNWINDER_FRAME_POINTER in the kernel (x86), or "     \
	"CONFIG_STACKTRACE with kernel.panic_on_warn = 0"

enum sleep_source {
	SLEEP_BY_WCHAN,
	SLEEP_BY_STACK,
	SLEEP_BY_NOTHING,
};

/*
 * Tries the sources on thread @tid, which sleeps in a function with @part in its name. The worst result counts:
 * without frame pointers wchan names some functions and others not (seen on x86 5.10: pipe_read() and not
 * do_sys_poll()). To be called while nobody asks yet; before, wchan is believed.
 */
void sleep_choose(int tid, const char *part);
enum sleep_source sleep_source(void);

/* What /proc/<tid>/stack shows of a thread that sleeps. */
enum sleep_stack {
	STACK_HIDDEN,  /* nothing, or it may not be looked at */
	STACK_GUESSED, /* all functions that the thread is in, and perhaps others */
	STACK_TRUE,    /* those, to the last */
};

/* By what sleep_choose() has seen. STACK_HIDDEN before, and on a board that panics on warnings. */
enum sleep_stack sleep_stack(void);

/* Whether @text has one of the @parts, a list that ends in NULL. */
bool sleep_has(const char *text, const char *const parts[]);

enum sleeps {
	SLEEPS_ELSEWHERE, /* by wchan also: it runs */
	SLEEPS_THERE,
	SLEEPS_SOMEWHERE, /* it runs, or where it sleeps cannot be said: it may be there */
};

/*
 * Whether thread @tid sleeps in a function with one of the @parts in its name (a list that ends in NULL).
 *
 * By wchan if that is true: a look at the whole stack of a task that wakes up at that moment makes kernels
 * from 5.15 to 6.9 print a warning when a kretprobe is on it (WARN_ON_ONCE in rethook_find_ret_addr()), and
 * a board may be set to panic on warnings: then the stack is not used. It also takes the lock of
 * task_syscall().
 */
enum sleeps task_sleeps(int tid, const char *const parts[]);

/* The same of a send: whether it waits for a buffer. The rest of a send takes mutexes only. */
enum sleeps task_sleeps_in_send(int tid);

/*
 * The same of the functions that it has come through to where it sleeps, by its stack: for a thread that is
 * mostly not inside what is probed, because of that warning. SLEEPS_SOMEWHERE, too, on a board that may panic.
 */
enum sleeps task_sleeps_below(int tid, const char *const parts[]);

/* Whether wchan says that @tid has just woken up, or nothing. */
bool task_wakes_up(int tid);

bool task_is_asleep(int tid);

/* Whether it sleeps so that a signal would wake it. */
bool task_sleeps_lightly(int tid);

#endif
