/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a task that is blocked in open() wants to do with the file. A fanotify permission event does
 * not say; the arguments of the system call it sleeps in do.
 */
#ifndef RPMSG_GUARD_HOLD_OPENER_H
#define RPMSG_GUARD_HOLD_OPENER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Whether thread @tid, blocked in open(), may write through the descriptor. Everything that cannot
 * be found out (io_uring, an unknown system call, a task that has gone) counts as writing.
 */
bool opener_may_write(int tid);

/* The same for one line of /proc/<tid>/syscall; @tid is only asked for the memory of openat2(). */
bool opener_line_may_write(const char *line, int tid);

enum whereabouts {
	TASK_GONE,
	TASK_RUNNING,	/* in user mode, in the kernel, or waiting for a CPU */
	TASK_IN_OPEN,	/* asleep in open() or one of its relatives */
	TASK_IN_CLOSE,	/* asleep in close() */
	TASK_ELSEWHERE, /* asleep somewhere else */
};

enum whereabouts opener_whereabouts(int tid);

/*
 * Whether thread @tid, asleep in open(), opens by a path that leads to something else than the @n
 * character devices @devs. Not so when the path leads nowhere (any more), or cannot be found out. Only
 * for one that is past the lookup of that path: looking it up again could sleep for ever otherwise.
 */
bool opener_opens_another(int tid, const dev_t *devs, size_t n);

/*
 * Whether thread @tid is in a system call that writes, or runs. A stop takes as long as the remote
 * processor's driver likes, and the state says "running" until it is over.
 */
bool opener_is_writing(int tid);

#endif
