// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access to the maps of the kernel side: by bpf() at the highest priority, and by mapping them.
 *
 * While a thread is inside such a call of bpf(), programs of whoever runs on the same CPU are skipped
 * without a word (bpf_disable_instrumentation() raises bpf_prog_active), and since 5.11 it can be preempted
 * there (commit 74d862b682f5): senders then come in that are neither recorded nor refused, on dead
 * endpoints, too (seen on 6.1 with KASAN, for a walk over the senders and for single elements). At
 * the highest real-time priority nothing that sends gets in between, interrupts left aside. Without
 * the right to it (CAP_SYS_NICE) that stays a risk, which the log tells, as it does for other programs that use
 * maps: missed.c. Where a mapping will do, it is better.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel_side/private.h"
#include "log/log.h"
#include "system/skipping.h"

/* How the thread was scheduled before. */
struct visit {
	int policy;
	struct sched_param param;
	bool raised;
};

static atomic_bool unprotected;

bool maps_are_unprotected(void)
{
	return atomic_load(&unprotected);
}

static void tell(int err)
{
	if (atomic_exchange(&unprotected, true) || !skipping_is_possible())
		return;
	log_as(LOG_INCOMPLETE, LVL_WARNING,
	       "the guard gets no real-time priority (%s): the guard may miss a sender that preempts "
	       "it. Give the guard CAP_SYS_NICE, and its cgroup real-time time (cpu.rt_runtime_us)",
	       strerror(err));
}

static void begin(struct visit *v)
{
	const struct sched_param first = { .sched_priority = sched_get_priority_max(SCHED_FIFO) };

	v->policy = sched_getscheduler(0);
	v->raised = v->policy >= 0 && sched_getparam(0, &v->param) == 0 &&
		    sched_setscheduler(0, SCHED_FIFO, &first) == 0;
	if (!v->raised)
		tell(errno);
}

/* Passes on @err; libbpf before 1.0 says -1 and errno. */
static int end(const struct visit *v, int err)
{
	if (err < 0 && errno)
		err = -errno;
	if (v->raised)
		sched_setscheduler(0, v->policy, &v->param);
	return err;
}

int map_lookup(const struct bpf_map *map, const void *key, void *value)
{
	struct visit v;

	begin(&v);
	return end(&v, bpf_map_lookup_elem(bpf_map__fd(map), key, value));
}

int map_update(const struct bpf_map *map, const void *key, const void *value, uint64_t flags)
{
	struct visit v;

	begin(&v);
	return end(&v, bpf_map_update_elem(bpf_map__fd(map), key, value, flags));
}

int map_delete(const struct bpf_map *map, const void *key)
{
	struct visit v;

	begin(&v);
	return end(&v, bpf_map_delete_elem(bpf_map__fd(map), key));
}

int map_read(const struct bpf_map *map, uint32_t *cursor, bool first, void *keys, void *values,
	     uint32_t *count)
{
	LIBBPF_OPTS(bpf_map_batch_opts, opts);
	struct visit v;

	begin(&v);
	return end(&v, bpf_map_lookup_batch(bpf_map__fd(map), first ? NULL : cursor, cursor, keys,
					    values, count, &opts));
}

/* How much of a map so many elements are, in whole pages. */
static size_t mapped_size(const struct bpf_map *map, size_t elements)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t size = (size_t)bpf_map__value_size(map) * elements;

	return (size + page - 1) / page * page;
}

void *map_mmap(const struct bpf_map *map, int prot, size_t elements)
{
	void *p = mmap(NULL, mapped_size(map, elements), prot, MAP_SHARED, bpf_map__fd(map), 0);

	return p == MAP_FAILED ? NULL : p;
}

void map_munmap(const struct bpf_map *map, const void *p, size_t elements)
{
	if (p)
		munmap((void *)p, mapped_size(map, elements));
}
