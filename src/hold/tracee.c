// SPDX-License-Identifier: GPL-2.0-only
/* Seizes, interrupts and detaches with ptrace(). */
#include "hold/tracee.h"

#include <errno.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>

int tracee_wake(int tid)
{
	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) < 0)
		return -errno;
	ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
	return 0;
}

enum tracee tracee_look(int tid, int *signal)
{
	int status;
	/* Only our own tracees: another thread may wait for a child of its own. */
	const pid_t pid = waitpid(tid, &status, __WALL | __WNOTHREAD | WNOHANG);

	*signal = 0;
	if (pid == 0)
		return TRACEE_ON_ITS_WAY;
	if (pid < 0 || !WIFSTOPPED(status))
		return TRACEE_GONE;
	/* Our request looks different. */
	if (status >> 16 == 0)
		*signal = WSTOPSIG(status);
	return TRACEE_STOPPED;
}

void tracee_let_go(int tid, int signal)
{
	ptrace(PTRACE_DETACH, tid, NULL, (void *)(long)signal);
}
