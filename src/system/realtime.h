/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernels with CONFIG_PREEMPT_RT, where a spinlock_t may sleep. A program behind a kprobe runs with
 * preemption disabled, so nothing that it calls may take such a lock.
 */
#ifndef RPMSG_GUARD_SYSTEM_REALTIME_H
#define RPMSG_GUARD_SYSTEM_REALTIME_H

#include <stdbool.h>

struct btf;

#define REALTIME_RING_REASON "on this real-time kernel the lock of BPF's ring buffer sleeps"
#define REALTIME_RING_REMEDY                                                                       \
	"use a kernel with commit 8b62645b09f8 (6.12, or a late 6.6 or 6.1); before 6.12 also "    \
	"enable CONFIG_DEBUG_INFO_BTF, so that the guard can see the commit"

bool realtime_kernel(void);

/*
 * Whether a program behind a kprobe may write to a ring buffer: always where the kernel is not a
 * real-time one. @btf_path is that of the configuration, or NULL.
 */
bool realtime_ring_is_safe(const char *btf_path);

/* The same for a real-time kernel of that @release, whose BTF is @vmlinux or NULL. */
bool realtime_ring_is_raw(const struct btf *vmlinux, const char *release);

#endif
