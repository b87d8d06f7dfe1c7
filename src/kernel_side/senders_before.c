// SPDX-License-Identifier: GPL-2.0-only
/* Senders that were inside when the functions of the send family were hooked: they have no record. */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>

#include "kernel_side/private.h"
#include "system/files.h"
#include "system/task.h"

static bool sleeps_in_send(pid_t tid, void *arg)
{
	static const char *const functions[] = { "rpmsg_send_offchannel", NULL };

	if (!task_sleeps_in(tid, functions))
		return true;
	*(bool *)arg = true;
	return false;
}

/*
 * A sender that slept for a buffer already when its function was hooked is not on record, and holds wait
 * until it must be out. The others were out before the attaching had returned. Threads of the kernel send,
 * too, so this is no walk over processes.
 */
void senders_note_before(struct guard_bpf *skel)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	bool any = !dir;

	while (!any && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			threads_each(atoi(entry->d_name), sleeps_in_send, &any);
	if (dir)
		closedir(dir);
	if (any)
		__atomic_store_n(&skel->bss->unrecorded_ns, clock_ns(), __ATOMIC_SEQ_CST);
}
