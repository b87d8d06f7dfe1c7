/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Making a thread of another program leave its sleep in the kernel, without a signal that it could see: it
 * is seized, interrupted, and let go as soon as it has stopped on its way to user mode.
 */
#ifndef RPMSG_GUARD_HOLD_TRACEE_H
#define RPMSG_GUARD_HOLD_TRACEE_H

#include <stdbool.h>

/*
 * Returns 0, or a negative errno: -ESRCH when it has ended, -EPERM for a thread of the kernel and for one that a
 * debugger has. May wait for an execve() of its process. The calling thread has it then, until it has left.
 */
int tracee_wake(int tid);

/* Whether it has left its sleep and was let go, or has ended. */
bool tracee_has_left(int tid);

#endif
