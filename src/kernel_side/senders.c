// SPDX-License-Identifier: GPL-2.0-only
/*
 * The senders that are inside, read from their records, and records whose owner has left unseen.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel_side/private.h"
#include "log/log.h"
#include "system/files.h"
#include "system/optimization.h"
#include "system/sleep.h"
#include "system/task.h"

/*
 * A send that does not sleep is over within microseconds. A record older than this belongs to a
 * sleeper, whose stack can be read, or to a send whose exit was missed.
 */
#define RECORD_TRUSTED_NS 50000000ULL

/*
 * How long a sender that was let in without a record may be inside: the kernel's own transmit timeout is
 * 15 s (rpmsg_send_offchannel_raw()), and a busy machine wakes it up later.
 */
#define UNRECORDED_NS 18000000000ULL

/*
 * Whether thread @tid may be inside an rpmsg send, by the system call and the kernel function that
 * it sleeps in. No only when it certainly is not.
 */
static bool task_in_send(int tid, uint64_t since_ns)
{
	static const char *const send_functions[] = { "rpmsg", NULL };

	/* What an execve() may wait for with a lock that is taken below; no send sleeps there. */
	static const char *const file_functions[] = { "fuse_", "request_wait_answer", "nfs", NULL };

	/* A guessed stack may show them where they are not. */
	if (sleep_source() == SLEEP_BY_WCHAN && task_sleeps(tid, file_functions) == SLEEPS_THERE)
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
	if (task_is_writing(tid))
		return true;
	switch (task_sleeps(tid, send_functions)) {
	case SLEEPS_THERE:
		return true;
	case SLEEPS_ELSEWHERE:
		/* The same, but an ioctl() may be any call, and last as long as the program. */
		if (!task_is_in_ioctl(tid))
			return false;
		break;
	case SLEEPS_SOMEWHERE:
		break;
	}
	/* Until it must be out. */
	return clock_ns() - since_ns <= UNRECORDED_NS;
}

static bool concerns(const struct kside *g, const struct rg_sender *record, int index)
{
	struct rg_endpoint entry;

	/* Whose it is cannot be said: everybody waits for it. */
	if (map_lookup(g->skel->maps.ledger, &record->endpoint, &entry) < 0 ||
	    entry.rproc == RG_RPROC_UNKNOWN)
		return true;
	return entry.rproc == (uint32_t)index;
}

static bool is_stale(uint64_t key, const struct rg_sender *record)
{
	return !(key & RG_IDLE_KEY) && clock_ns() - record->since_ns >= RECORD_TRUSTED_NS &&
	       !task_in_send((int)key, record->since_ns);
}

/* False when the task has left that send, or entered another, while its stack was read. */
static bool delete_record(struct kside *g, uint64_t key, const struct rg_sender *record)
{
	const struct bpf_map *senders = g->skel->maps.senders;
	struct rg_sender now;
	bool deleted;

	/* Two threads that have found the same record: the second one would delete the next record. */
	pthread_mutex_lock(&g->removing);
	deleted = map_lookup(senders, &key, &now) == 0 && now.since_ns == record->since_ns &&
		  map_delete(senders, &key) == 0;
	pthread_mutex_unlock(&g->removing);
	return deleted;
}

/* One record too many is found out the next time, one too few is a sender that nobody waits for. */
static bool put_back_if_inside(struct kside *g, uint64_t key, const struct rg_sender *record)
{
	struct rg_sender again = *record;

	again.since_ns = clock_ns();
	if (!task_in_send((int)key, record->since_ns))
		return false;
	again.depth = 1;
	return map_update(g->skel->maps.senders, &key, &again, BPF_NOEXIST) == 0;
}

/* Removes the record of a task that is not inside a send any more. */
static bool remove_if_stale(struct kside *g, uint64_t key, const struct rg_sender *record)
{
	/* What was deleted may be the record of a send that the task has entered just before. */
	if (!is_stale(key, record) || !delete_record(g, key, record) ||
	    put_back_if_inside(g, key, record))
		return false;
	__atomic_fetch_sub(&g->skel->bss->n_senders, 1, __ATOMIC_RELAXED);
	__atomic_fetch_sub(&g->skel->bss->process_senders[rg_process_counter(key)], 1,
			   __ATOMIC_RELAXED);
	atomic_fetch_add(&g->missed_exits, 1);
	log_debug("thread %d left a send unseen; its record is removed", (int)key);
	return true;
}

static void describe(const struct kside *g, uint64_t key, const struct rg_sender *record,
		     struct kside_sender *out)
{
	const bool idle = key & RG_IDLE_KEY;

	memset(out, 0, sizeof(*out));
	out->pid = idle ? 0 : (int)(key >> 32);
	out->tid = idle ? 0 : (int)key;
	out->since_ns = record->since_ns;
	out->endpoint = record->endpoint;
	memcpy(out->comm, record->comm, sizeof(out->comm) - 1);
	snprintf(out->function, sizeof(out->function), "%s", hooks_send_name(g->hooks, record->ip));
}

static size_t unknown_sender(struct kside_sender *out, uint64_t since_ns, const char *what)
{
	memset(out, 0, sizeof(*out));
	out->since_ns = since_ns;
	snprintf(out->comm, sizeof(out->comm), "unknown");
	snprintf(out->function, sizeof(out->function), "%s", what);
	return 1;
}

/* The last moment in which a send may have begun that is on no record. */
static uint64_t last_unrecorded(const struct kside *g)
{
	const uint64_t lost = __atomic_load_n(&g->skel->bss->unrecorded_ns, __ATOMIC_RELAXED);
	const uint64_t optimized = optimization_over_ns();

	return lost > optimized ? lost : optimized;
}

/* Nobody can say whose it was or whether it is out: everybody waits until it must be. */
static size_t unrecorded(const struct kside *g, struct kside_sender *out)
{
	const uint64_t since = last_unrecorded(g);

	if (!since || clock_ns() - since > UNRECORDED_NS)
		return 0;
	return unknown_sender(out, since, "a send without a record");
}

/* With @look records whose owner is not inside are removed, which takes a look at the owner. */
static size_t read_senders(struct kside *g, int index, bool look, struct kside_sender *out,
			   size_t max)
{
	struct rg_sender records[MAP_BATCH];
	uint64_t keys[MAP_BATCH];
	uint32_t cursor = 0, count;
	bool first = true;
	size_t n = max ? unrecorded(g, out) : 0;
	int err;

	/*
	 * The number is exact (gate.bpf.h), and reading it takes no part in the map: mostly it is all
	 * that there is to know.
	 */
	if (__atomic_load_n(&g->skel->bss->n_senders, __ATOMIC_SEQ_CST) <= 0)
		return n;
	do {
		count = MAP_BATCH;
		err = map_read(g->skel->maps.senders, &cursor, first, keys, records, &count);
		/* Somebody may be inside, and nobody may conclude the opposite. */
		if (err && err != -ENOENT)
			return n ? n : unknown_sender(out, clock_ns(), strerror(-err));
		for (uint32_t i = 0; i < count && n < max; i++)
			if (concerns(g, &records[i], index) &&
			    !(look && remove_if_stale(g, keys[i], &records[i])))
				describe(g, keys[i], &records[i], &out[n++]);
		first = false;
	} while (!err && n < max);
	return n;
}

void kside_forget_missed(struct kside *g)
{
	struct rg_sender records[MAP_BATCH];
	uint64_t keys[MAP_BATCH];
	uint32_t cursor = 0, count;
	bool first = true;
	int err;

	do {
		count = MAP_BATCH;
		err = map_read(g->skel->maps.senders, &cursor, first, keys, records, &count);
		for (uint32_t i = 0; i < count && (!err || err == -ENOENT); i++)
			remove_if_stale(g, keys[i], &records[i]);
		first = false;
	} while (!err);
}

size_t kside_senders(struct kside *g, int index, struct kside_sender *out, size_t max)
{
	return read_senders(g, index, true, out, max);
}

size_t kside_senders_on_record(struct kside *g, int index, struct kside_sender *out, size_t max)
{
	return read_senders(g, index, false, out, max);
}
