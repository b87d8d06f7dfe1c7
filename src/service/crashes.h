/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hearing of crashes without the kernel side, or where its probe was missed: no uevent tells of one, but the
 * kernel's log does, in the moment in which the state has become "crashed" (rproc_crash_handler_work(), 5.10
 * to 7.3).
 */
#ifndef RPMSG_GUARD_SERVICE_CRASHES_H
#define RPMSG_GUARD_SERVICE_CRASHES_H

#include <stdbool.h>

/* A descriptor to poll, or -1 where the kernel's log cannot be read. */
int crashes_open(void);

/* Returns whether the kernel has said something of a remote processor. What it is, the state has to tell. */
bool crashes_read(int fd);

#endif
