// SPDX-License-Identifier: GPL-2.0-only
/*
 * The records of the tasks that send, see bpf/records.bpf.h: all free at first, and taken back from tasks
 * that have gone.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <pthread.h>

#include "kernel_side/private.h"
#include "log/log.h"
#include "system/barrier.h"
#include "system/task.h"
#include "system/test_hooks.h"

unsigned int records_max(void)
{
	return test_records_max && test_records_max() ? test_records_max() : RG_RECORDS;
}

int records_free_all(const struct guard_bpf *skel)
{
	/* No program runs yet, so this may be done as it is (maps.c). The last one is the first to be taken. */
	for (uint32_t n = records_max(); n-- > 0;)
		if (bpf_map_update_elem(bpf_map__fd(skel->maps.free_records), NULL, &n, BPF_ANY))
			return -errno;
	return 0;
}

/* Whoever has marked its record before a visit of its CPU has marked the part before that. */
size_t records_next(const struct kside *g, size_t i)
{
	const volatile __u8 *parts = g->skel->bss->parts;

	while (i < RG_RECORDS && !parts[i / RG_PART])
		i = (i / RG_PART + 1) * RG_PART;
	return i;
}

size_t records_end(const struct kside *g)
{
	const volatile __u8 *parts = g->skel->bss->parts;
	size_t n = RG_RECORDS;

	while (n && !parts[n / RG_PART - 1])
		n -= RG_PART;
	return n;
}

uint64_t sends_ended(const struct kside *g)
{
	uint64_t n = 0;

	for_each_record (g, i)
		n += __atomic_load_n(&g->skel->bss->records[i].ended, __ATOMIC_RELAXED);
	return n;
}

static bool owner_has_gone(const struct rg_record *r, uint64_t key)
{
	return key && !(key & RG_IDLE_KEY) && !rg_is_inside(r) && !task_alive((int)(uint32_t)key);
}

/*
 * Who deletes its place is the one that takes it. Then nobody finds the record any more. By the @key that was
 * looked at: the record may be that of a task which is alive by now.
 */
static bool hide(struct kside *g, struct rg_record *r, uint64_t key)
{
	uint32_t number;

	if (map_lookup(g->skel->maps.places, &key, &number) || number != r->number ||
	    map_delete(g->skel->maps.places, &key))
		return false;
	__atomic_store_n(&r->key, 0, __ATOMIC_SEQ_CST);
	return true;
}

/*
 * A new task may have got the number of one that has gone, and may have found the record just before. It is inside
 * then: the record stays that of the new task, and a look at the task finds out when it has left.
 */
static void give_back(struct kside *g, struct rg_record *r, uint64_t key)
{
	const uint32_t number = r->number;

	if (rg_is_inside(r)) {
		__atomic_store_n(&r->key, key, __ATOMIC_SEQ_CST);
		map_update(g->skel->maps.places, &key, &number, BPF_NOEXIST);
		return;
	}
	/* Its last send may have been judged only: with its key its owner could be asked, and that goes. */
	__atomic_store_n(&r->ended, r->begun, __ATOMIC_SEQ_CST);
	__atomic_fetch_sub(&g->skel->bss->n_taken, 1, __ATOMIC_RELAXED);
	map_update(g->skel->maps.free_records, NULL, &number, BPF_ANY);
}

static void hide_all(struct kside *g)
{
	struct rg_record *records = g->skel->bss->records;

	for_each_record (g, i) {
		const uint64_t key = __atomic_load_n(&records[i].key, __ATOMIC_RELAXED);

		if (owner_has_gone(&records[i], key) && hide(g, &records[i], key))
			g->hidden[i] = key;
	}
}

static size_t give_all_back(struct kside *g)
{
	size_t n = 0;

	for (size_t i = 0; i < RG_RECORDS; i++) {
		if (!g->hidden[i])
			continue;
		give_back(g, &g->skel->bss->records[i], g->hidden[i]);
		g->hidden[i] = 0;
		n++;
	}
	return n;
}

static void take_back(struct kside *g)
{
	size_t n;

	hide_all(g);
	/*
	 * A program that has found one of them before has marked it by then. Without this they stay hidden until the
	 * next time: lost, they would be missing until no send gets a record.
	 */
	if (barrier())
		return;
	n = give_all_back(g);
	/* Else each send goes on to give its record back: there are so many tasks. */
	if (__atomic_load_n(&g->skel->bss->n_taken, __ATOMIC_RELAXED) <
	    g->skel->rodata->many_records / 2)
		__atomic_store_n(&g->skel->bss->scarce, 0, __ATOMIC_SEQ_CST);
	log_debug("took back %zu records of tasks that have ended", n);
}

void records_take_back(struct kside *g)
{
	/* Both who refreshes and who tends the records come by here. */
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	if (!__atomic_load_n(&g->skel->bss->scarce, __ATOMIC_RELAXED))
		return;
	pthread_mutex_lock(&lock);
	take_back(g);
	pthread_mutex_unlock(&lock);
}
