/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walking the processes and threads of the system in /proc.
 */
#ifndef RPMSG_GUARD_SYSTEM_PROCESSES_H
#define RPMSG_GUARD_SYSTEM_PROCESSES_H

#include <stdbool.h>
#include <sys/types.h>

#include "system/task.h"

/* A walk ends early when it returns false. */
typedef bool (*process_fn)(pid_t pid, const struct task_stat *stat, void *arg);
typedef bool (*thread_fn)(pid_t tid, void *arg);

/*
 * Calls @fn for every process but this one, zombies and those that are exiting included. Those that
 * end or begin meanwhile may be missed. Returns whether every call returned true.
 */
bool processes_each(process_fn fn, void *arg);

/* The threads of process @pid. */
bool threads_each(pid_t pid, thread_fn fn, void *arg);

#endif
