// SPDX-License-Identifier: GPL-2.0-only
#include "guard/in_send.h"

#include <stddef.h>

#include "system/task.h"

bool task_in_send(int tid)
{
	static const char *const send_functions[] = { "rpmsg", NULL };

	/* What an execve() may wait for with a lock that is taken below; no send sleeps there. */
	static const char *const file_functions[] = { "fuse_", "request_wait_answer", "nfs", NULL };

	if (task_sleeps_in(tid, file_functions))
		return false;
	switch (task_whereabouts(tid)) {
	case TASK_GONE:
		return false;
	case TASK_RUNNING:
		/* One with a signal pending runs round and round inside rpmsg_send(). */
		return task_alive(tid);
	default:
		break;
	}
	/* In a write, it may sleep deeper down, for memory: the doubt is in favour of the sender. */
	return task_is_writing(tid) || task_sleeps_in(tid, send_functions);
}
