// SPDX-License-Identifier: GPL-2.0-only
/* Sets the limits of the process, and gives memory back. */
#include "service/shortage.h"

#include <errno.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "log/log.h"
#include "system/files.h"

/* Probes, marks, and for each tty of a hold a few: some hundreds at most. */
#define DESCRIPTORS 4096

static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= DESCRIPTORS)
		return;
	limit.rlim_cur = DESCRIPTORS;
	if (limit.rlim_max < DESCRIPTORS)
		limit.rlim_max = DESCRIPTORS;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		log_debug("the number of descriptors cannot be raised: %s", strerror(errno));
}

static void spare_from_killing(void)
{
	const int err = file_set("/proc/self/oom_score_adj", "-1000");

	if (err)
		log_debug("the kernel may choose the guard when memory is short: %s",
			  strerror(-err));
}

/* Without a limit only: with one, MCL_FUTURE would make the stack of a later thread fail. */
static void stay_in_memory(void)
{
	const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };

	if (setrlimit(RLIMIT_MEMLOCK, &none) < 0 ||
	    mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) < 0)
		log_debug("memory cannot be locked: %s", strerror(errno));
}

/* A heap for each thread would hold some pages that are never used again. No thread allocates much. */
static void share_heap(void)
{
#ifdef __GLIBC__
	mallopt(M_ARENA_MAX, 1);
#endif
}

void shortage_prepare(void)
{
	share_heap();
	raise_descriptors();
	spare_from_killing();
	stay_in_memory();
}

/*
 * The C library keeps what lies below something small, and the kernel takes no page back that is locked
 * (madvise_dontneed_free() in mm/madvise.c).
 */
void memory_give_back(void)
{
#ifdef __GLIBC__
	munlockall();
	malloc_trim(0);
	stay_in_memory();
#endif
}
