// SPDX-License-Identifier: GPL-2.0-only
/* Reads the system call that a thread sleeps in, and what it says of the file. */
#include "hold/opener.h"

#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>

#include "system/creds.h"
#include "system/open_calls.h"
#include "system/task.h"

bool opener_could_write(int tid, int fd)
{
	const struct rights rights = rights_of(fd);
	struct statvfs mount;

	if (fstatvfs(fd, &mount) == 0 && mount.f_flag & ST_RDONLY)
		return false;
	return thread_could_open(tid, &rights, 1, RIGHT_WRITE);
}

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

enum intent opener_intent(int tid, uint64_t *address)
{
	char line[256];

	if (!task_syscall(tid, line, sizeof(line)))
		return INTENT_WRITES;
	return opener_line_intent(line, address);
}
