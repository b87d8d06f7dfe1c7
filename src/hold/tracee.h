/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Making a thread of another program leave its sleep in the kernel, without a signal that it could see: it
 * is seized, interrupted, and let go as soon as it has stopped on its way to user mode.
 */
#ifndef RPMSG_GUARD_HOLD_TRACEE_H
#define RPMSG_GUARD_HOLD_TRACEE_H

/*
 * Returns 0, or a negative errno: -ESRCH when it has ended, -EPERM for a thread of the kernel and for one that a
 * debugger has. May wait for an execve() of its process. The calling thread has it then, until it lets go of it.
 */
int tracee_wake(int tid);

enum tracee {
	TRACEE_ON_ITS_WAY,
	TRACEE_STOPPED, /* to be let go */
	TRACEE_GONE,	/* it has ended: it is not ours any more */
};

/*
 * Whether thread @tid, which the calling thread has seized, has stopped. @signal is one of its own, which
 * must not be lost, or 0.
 */
enum tracee tracee_look(int tid, int *signal);

/* With the @signal that tracee_look() has found. */
void tracee_let_go(int tid, int signal);

#endif
