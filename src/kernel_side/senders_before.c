// SPDX-License-Identifier: GPL-2.0-only
/* Senders that were inside when the functions of the send family were hooked: they have no record. */
#include <ctype.h>
#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "kernel_side/private.h"
#include "system/files.h"
#include "system/sleep.h"
#include "system/task.h"

/* How long the walk may take that reads stacks. */
#define PATIENCE_MS 2000

static bool sleeps_in_send(pid_t tid, void *arg)
{
	/* The second one it calls to see whether there is a buffer, and may wait there for a lock. */
	static const char *const functions[] = { "rpmsg_send_offchannel", "get_a_tx_buf", NULL };
	const enum sleeps sleeps = task_sleeps(tid, functions);

	if (sleeps == SLEEPS_ELSEWHERE || (sleeps == SLEEPS_SOMEWHERE && !task_is_asleep(tid)))
		return true;
	*(bool *)arg = true;
	return false;
}

/* Threads of the kernel send, too, so this is no walk over processes. */
static bool anybody_sleeps(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	bool any = !dir;

	while (!any && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			any |= !threads_each(atoi(entry->d_name), sleeps_in_send, &any);
	if (dir)
		closedir(dir);
	return any;
}

enum { WALKING, NOBODY, SOMEBODY, LEFT_BEHIND };

/* Whoever is last, the walk or the one that waits for it, frees @arg. */
static void *walk(void *arg)
{
	atomic_int *found = arg;

	if (atomic_exchange(found, anybody_sleeps() ? SOMEBODY : NOBODY) == LEFT_BEHIND)
		free(found);
	return NULL;
}

/* The stack of a process takes a lock that its owner may keep (task_syscall()): the thread may be lost. */
static bool anybody_sleeps_by_stack(void)
{
	const uint64_t deadline = clock_ms() + PATIENCE_MS;
	atomic_int *found = calloc(1, sizeof(*found));
	pthread_t thread;
	int result;

	if (!found || pthread_create(&thread, NULL, walk, found)) {
		free(found);
		return true;
	}
	pthread_detach(thread);
	while (atomic_load(found) == WALKING && clock_ms() < deadline)
		pause_ms(1);
	result = atomic_exchange(found, LEFT_BEHIND);
	if (result != WALKING)
		free(found);
	return result != NOBODY;
}

static bool anybody_may_sleep(void)
{
	switch (sleep_source()) {
	case SLEEP_BY_WCHAN:
		return anybody_sleeps();
	case SLEEP_BY_STACK:
		return anybody_sleeps_by_stack();
	default:
		return true;
	}
}

/*
 * A sender that slept for a buffer already when its function was hooked is not on record, and holds wait
 * until it must be out. The others were out before the attaching had returned.
 */
void senders_note_before(struct guard_bpf *skel)
{
	if (anybody_may_sleep())
		__atomic_store_n(&skel->bss->unrecorded_ns, clock_ns(), __ATOMIC_SEQ_CST);
}
