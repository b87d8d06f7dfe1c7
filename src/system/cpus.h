/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which CPUs there are.
 */
#ifndef RPMSG_GUARD_SYSTEM_CPUS_H
#define RPMSG_GUARD_SYSTEM_CPUS_H

#include <sched.h>
#include <stdbool.h>

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
