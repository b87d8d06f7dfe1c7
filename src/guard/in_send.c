// SPDX-License-Identifier: GPL-2.0-only
#include "guard/in_send.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hold/opener.h"
#include "system/files.h"

bool task_in_send(int tid)
{
	char path[64], line[256];
	bool inside = false, any = false;
	FILE *f;

	/*
	 * Of a thread that runs the kernel may show the stack of its last sleep (arm64), and one
	 * with a signal pending runs round and round inside rpmsg_send().
	 */
	if (opener_whereabouts(tid) == TASK_RUNNING)
		return true;
	snprintf(path, sizeof(path), "/proc/%d/stack", tid);
	f = fopen(path, "re");
	if (!f)
		return task_alive(tid);
	/* Of the send functions themselves and of those below them that sleep. */
	while (!inside && fgets(line, sizeof(line), f)) {
		any = true;
		inside = strstr(line, "rpmsg") && strstr(line, "send");
	}
	if (ferror(f))
		inside = errno != ESRCH;
	fclose(f);
	/* No stack at all: it runs, and a look a moment later will tell. */
	return inside || !any;
}
