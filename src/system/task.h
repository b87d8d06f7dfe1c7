/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What /proc tells of a thread.
 */
#ifndef RPMSG_GUARD_SYSTEM_TASK_H
#define RPMSG_GUARD_SYSTEM_TASK_H

#include <stdbool.h>
#include <stdint.h>

/* The command name of thread or process @tid, "?" when it is gone; @comm holds 16 bytes. */
void task_comm(int tid, char *comm);

/*
 * The state letter of thread @tid as /proc/<tid>/stat has it, and its CPU time in ticks of USER_HZ
 * if @cpu_ticks is not NULL; '\0' when it has gone.
 */
char task_state(int tid, uint64_t *cpu_ticks);

/* Whether @tid is there and has not ended: kill() also finds those that nobody has waited for. */
bool task_alive(int tid);

/*
 * Whether thread @tid sleeps in a kernel function with one of the @parts in its name (a list that
 * ends in NULL). By /proc/<tid>/wchan: a look at the whole stack of a task that wakes up at that
 * moment makes kernels from 5.15 to 6.9 print a warning when a kretprobe is on it (WARN_ON_ONCE in
 * rethook_find_ret_addr()), and a board may be set to panic on those.
 */
bool task_sleeps_in(int tid, const char *const parts[]);

/* The process above process @pid; 0 when it has gone. */
int task_parent(int pid);

#endif
