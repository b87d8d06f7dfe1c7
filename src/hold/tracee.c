// SPDX-License-Identifier: GPL-2.0-only
/* Seizes, interrupts and detaches with ptrace(). */
#include "hold/tracee.h"

#include <errno.h>
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

bool tracee_has_left(int tid)
{
	int status;
	/* Only our own tracees: another thread may wait for a child of its own. */
	const pid_t pid = waitpid(tid, &status, __WALL | __WNOTHREAD | WNOHANG);
	long signal = 0;

	if (pid == 0)
		return false;
	if (pid < 0 || !WIFSTOPPED(status))
		return true; /* it has ended */
	/* Our request looks different. A signal of its own must not be lost. */
	if (status >> 16 == 0)
		signal = WSTOPSIG(status);
	ptrace(PTRACE_DETACH, tid, NULL, (void *)signal);
	return true;
}
