/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RPMSG_GUARD_GUARD_IN_SEND_H
#define RPMSG_GUARD_GUARD_IN_SEND_H

#include <stdbool.h>

/*
 * Whether thread @tid may be inside an rpmsg send, by the system call and the kernel function that
 * it sleeps in. No only when it certainly is not.
 */
bool task_in_send(int tid);

#endif
