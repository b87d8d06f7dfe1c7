// SPDX-License-Identifier: GPL-2.0-only
#include "hold/opener.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/files.h"
#include "system/open_calls.h"
#include "system/task.h"

enum intent opener_flags_intent(uint64_t flags)
{
	return (flags & O_ACCMODE) == O_RDONLY ? INTENT_READS : INTENT_WRITES;
}

enum intent opener_line_intent(const char *line, uint64_t *address)
{
	struct open_call call;

	/* The event is queued a moment before the opener falls asleep. */
	if (strcmp(line, "running") == 0)
		return INTENT_NOT_YET;
	if (!open_call_parse(line, &call))
		return INTENT_WRITES;
	*address = call.flags;
	return call.how_in_memory ? INTENT_IN_MEMORY : opener_flags_intent(call.flags);
}

/*
 * Returns false when the thread has gone. One that cannot be looked at (a sandbox, no descriptor
 * left) counts as running: nothing is known of it.
 */
static bool read_syscall(int tid, char *line, size_t len)
{
	char path[64];
	int n;

	snprintf(path, sizeof(path), "/proc/%d/syscall", tid);
	n = file_read_line(path, line, len);
	if (n == -ENOENT || n == -ESRCH)
		return false;
	if (n <= 0)
		snprintf(line, len, "running");
	return true;
}

enum whereabouts opener_whereabouts(int tid)
{
	char line[256];

	if (!read_syscall(tid, line, sizeof(line)))
		return TASK_GONE;
	if (strcmp(line, "running") == 0)
		return TASK_RUNNING;
	return TASK_ASLEEP;
}

enum intent opener_intent(int tid, uint64_t *address)
{
	char line[256];

	if (!read_syscall(tid, line, sizeof(line)))
		return INTENT_WRITES;
	return opener_line_intent(line, address);
}

bool opener_is_writing(int tid)
{
	/*
	 * write, pwrite64, writev, pwritev, pwritev2, sendfile, splice; then those of the 32-bit
	 * ABIs.
	 */
#if defined(__x86_64__)
	static const long writes[] = { 1,   18,	 20,  296, 328, 40,  275, 4,
				       181, 146, 334, 379, 187, 239, 313 };
#else
	static const long writes[] = { 64,  68,	 66,  70,  287, 71,  76, 4,
				       181, 146, 362, 393, 187, 239, 340 };
#endif
	char line[256];
	long number;

	if (!read_syscall(tid, line, sizeof(line)))
		return false;
	if (strcmp(line, "running") == 0)
		return true;
	/* One that is stopped has left the call, or will make it again. */
	if (task_is_stopped(tid))
		return false;
	number = strtol(line, NULL, 10);
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
		if (writes[i] == number)
			return true;
	return false;
}
