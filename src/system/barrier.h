/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The barrier between closing a gate and reading the records of senders; bpf/gate.bpf.h says what it
 * is for, barrier.c how it is made.
 */
#ifndef RPMSG_GUARD_SYSTEM_BARRIER_H
#define RPMSG_GUARD_SYSTEM_BARRIER_H

#include <sched.h>
#include <stdbool.h>

/*
 * Returns 0 once every kprobe and kretprobe program that was running anywhere when it was called has
 * ended and what it wrote can be read, and every program that begins from now on sees what the
 * caller wrote before the call. Takes less than a millisecond, or an RCU grace period, or 0.2 s when
 * a CPU cannot be had. A negative errno says that nothing of this is sure.
 *
 * May be called by several threads at once. Affinity and scheduling policy of the caller stay as
 * they are.
 */
int barrier(void);

/*
 * Parses the kernel's list format, "0-3,5", into @set. Returns false when @text is anything else, is
 * empty, or names a CPU that does not fit into a cpu_set_t.
 */
bool cpus_parse(const char *text, cpu_set_t *set);

/*
 * The CPUs that are online, whether this process may use them or not. Returns 0 or a negative errno;
 * -EXDEV when sysfs is not the kernel's own (lxcfs shows containers a list of its making).
 */
int cpus_online(cpu_set_t *set);

#endif
