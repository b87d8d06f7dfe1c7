// SPDX-License-Identifier: GPL-2.0-only
/* Sets the limits of the process, and gives memory back. */
#include "service/shortage.h"

#include <errno.h>
#include <link.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

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
		log_debug("the kernel may kill the guard when memory is short: oom_score_adj: %s",
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

/* Its pages are those of the file, and come back when they are used. */
static int give_code_back(struct dl_phdr_info *info, size_t size, void *arg)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size;
	(void)arg;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		const uintptr_t begin = (info->dlpi_addr + p->p_vaddr) & ~(page - 1);
		const uintptr_t end = (info->dlpi_addr + p->p_vaddr + p->p_memsz) & ~(page - 1);

		if (p->p_type == PT_LOAD && !(p->p_flags & PF_W) && end > begin &&
		    madvise((void *)begin, end - begin, MADV_DONTNEED) < 0)
			log_debug("the code of the start stays in memory: %s", strerror(errno));
	}
	return 0;
}

void start_give_back(void)
{
	munlockall();
	dl_iterate_phdr(give_code_back, NULL);
	memory_give_back();
}

/*
 * The C library keeps what lies below something small, and the kernel takes no page back that is locked
 * (madvise_dontneed_free() in mm/madvise.c).
 */
void memory_give_back(void)
{
	munlockall();
#ifdef __GLIBC__
	malloc_trim(0);
#endif
	stay_in_memory();
}
