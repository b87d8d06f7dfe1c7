/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Work items of the kernel.
 */
#ifndef RPMSG_GUARD_SYSTEM_KERNEL_WORK_H
#define RPMSG_GUARD_SYSTEM_KERNEL_WORK_H

#include <stdbool.h>

/*
 * Waits until the kernel has begun all work items that schedule_work() had queued before, on every CPU, and has run them
 * to their end if they do not sleep. False where the kernel has no way to ask for that.
 */
bool kernel_work_flush(void);

#endif
