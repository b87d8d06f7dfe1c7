/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RPMSG_GUARD_GUARD_IN_SEND_H
#define RPMSG_GUARD_GUARD_IN_SEND_H

#include <stdbool.h>

/*
 * Whether thread @tid is asleep inside an rpmsg send, by its kernel stack. When that cannot be read
 * (no CONFIG_STACKTRACE) the answer is yes for a thread that exists.
 */
bool task_in_send(int tid);

#endif
