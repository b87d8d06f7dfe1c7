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
 * Where wchan says that it sleeps elsewhere: it names one function. A sender that waits in get_a_tx_buf() for the
 * lock of the transport, or for a mailbox as it notifies the remote processor, is elsewhere by that, and so is one
 * that has just woken up. Only the whole stack tells, of a thread that is mostly outside.
 */
static bool is_elsewhere(int tid)
{
	/* rpmsg_send() may be left by a jump, and then is on no stack: what it calls is. */
	static const char *const functions[] = { "rpmsg_send", "rpmsg_trysend", "rpmsg_poll",
						 "rpmsg_set_flow_control", NULL };

	return sleep_source() != SLEEP_BY_WCHAN ||
	       task_sleeps_below(tid, functions) == SLEEPS_ELSEWHERE;
}

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
		if (!task_is_in_ioctl(tid) && is_elsewhere(tid))
			return false;
		break;
	case SLEEPS_SOMEWHERE:
		break;
	}
	/* Until it must be out. */
	return clock_ns() - since_ns <= UNRECORDED_NS;
}

/* What a record said at one moment. */
struct stay {
	const struct rg_record *record;
	uint64_t begun; /* which send of that record */
	uint64_t key, since_ns, endpoint, ip;
	uint32_t rproc;
	char comm[16];
};

/*
 * False when nobody is inside. What is inside since before a visit of every CPU is whole; who came in later has
 * met the gate.
 */
static bool read_stay(const struct rg_record *r, struct stay *out)
{
	const volatile struct rg_record *now = r;

	out->begun = __atomic_load_n(&r->begun, __ATOMIC_ACQUIRE);
	if (!rg_is_inside(r))
		return false;
	out->record = r;
	out->key = now->key;
	out->since_ns = now->since_ns;
	out->endpoint = now->endpoint;
	out->ip = now->ip;
	out->rproc = now->rproc;
	memcpy(out->comm, r->comm, sizeof(out->comm));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return rg_is_inside(r) && out->begun == now->begun;
}

static bool concerns(const struct stay *stay, int index)
{
	/* Whose it is cannot be said: everybody waits for it. */
	return stay->rproc >= RG_GATES || stay->rproc == (uint32_t)index;
}

static bool is_stale(const struct stay *stay)
{
	/* Without a key it is hidden (records.c): whose it is shows in a moment. */
	return stay->key && !(stay->key & RG_IDLE_KEY) &&
	       clock_ns() - stay->since_ns >= RECORD_TRUSTED_NS &&
	       !task_in_send((int)stay->key, stay->since_ns);
}

/* Ends the record of a send that its task has left unseen. */
static bool end_if_stale(struct kside *g, const struct stay *stay)
{
	__u64 *judged = &g->skel->bss->records[stay->record - g->skel->bss->records].judged;

	if (!is_stale(stay))
		return false;
	/* It is that send that has ended. If the task has entered another meanwhile, this says nothing of it. */
	__atomic_store_n(judged, stay->begun, __ATOMIC_SEQ_CST);
	atomic_fetch_add(&g->missed_exits, 1);
	log_debug("the guard missed the end of a send of thread %d; its record is closed now",
		  (int)stay->key);
	return true;
}

static void describe(const struct kside *g, const struct stay *stay, struct kside_sender *out)
{
	const bool idle = stay->key & RG_IDLE_KEY;

	memset(out, 0, sizeof(*out));
	out->pid = idle ? 0 : (int)(stay->key >> 32);
	out->tid = idle ? 0 : (int)stay->key;
	out->since_ns = stay->since_ns;
	out->endpoint = stay->endpoint;
	memcpy(out->comm, stay->comm, sizeof(out->comm) - 1);
	snprintf(out->function, sizeof(out->function), "%s", hooks_send_name(g->hooks, stay->ip));
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

void senders_look_at_unrecorded(struct kside *g)
{
	const uint64_t since = last_unrecorded(g);

	pthread_mutex_lock(&g->unrecorded);
	if (since != g->unrecorded_ns) {
		g->unrecorded_ns = since;
		g->unrecorded_ticks = clock_ticks();
	}
	pthread_mutex_unlock(&g->unrecorded);
}

/*
 * Its time-out is counted in ticks of the kernel, and a busy virtual machine loses some: 15 s of them took 20 to
 * 30 s by the clock (seen on 6.1). They are counted from the first look on; long behind the moment that is not needed.
 */
static bool unrecorded_is_out(struct kside *g, uint64_t since)
{
	const uint64_t age_ns = clock_ns() - since;
	uint64_t ticks_ms;

	if (age_ns <= UNRECORDED_NS || age_ns > UNRECORDED_MOST_NS)
		return age_ns > UNRECORDED_NS;
	pthread_mutex_lock(&g->unrecorded);
	ticks_ms = since == g->unrecorded_ns ? clock_ticks_ms_since(g->unrecorded_ticks) : 0;
	pthread_mutex_unlock(&g->unrecorded);
	return ticks_ms > UNRECORDED_NS / 1000000;
}

/* Nobody can say whose it was or whether it is out: everybody waits until it must be. */
static size_t unrecorded(struct kside *g, struct kside_sender *out)
{
	const uint64_t since = last_unrecorded(g);

	senders_look_at_unrecorded(g);
	if (!since || unrecorded_is_out(g, since))
		return 0;
	return unknown_sender(out, since, "a send without a record");
}

/* With @look the records of senders that have left unseen are ended, which takes a look at the task. */
static size_t read_senders(struct kside *g, int index, bool look, struct kside_sender *out,
			   size_t max)
{
	size_t n = max ? unrecorded(g, out) : 0;
	struct stay stay;

	for (size_t i = records_next(g, 0); i < RG_RECORDS && n < max; i = records_next(g, i + 1))
		if (read_stay(&g->skel->bss->records[i], &stay) && concerns(&stay, index) &&
		    !(look && end_if_stale(g, &stay)))
			describe(g, &stay, &out[n++]);
	return n;
}

bool kside_has_sent_since(const struct kside *g, int tid, uint64_t since_ns)
{
	for_each_record (g, i) {
		const volatile struct rg_record *r = &g->skel->bss->records[i];
		uint64_t begun_ns;

		/* An interrupt on top of the thread uses its record, too, but waits for no buffer. */
		if ((int)(uint32_t)r->key != tid || r->key & RG_IDLE_KEY || !r->may_sleep)
			continue;
		/* 32 bits read it in two parts. */
		do
			begun_ns = r->since_ns;
		while (begun_ns != r->since_ns);
		if (begun_ns > since_ns)
			return true;
	}
	return false;
}

bool kside_is_on_record(const struct kside *g, int tid)
{
	for_each_record (g, i) {
		const volatile struct rg_record *r = &g->skel->bss->records[i];
		const uint64_t key = r->key;

		if ((int)(uint32_t)key == tid && !(key & RG_IDLE_KEY) &&
		    rg_is_inside(&g->skel->bss->records[i]))
			return true;
	}
	return false;
}

void kside_tend_records(struct kside *g)
{
	struct stay stay;

	for_each_record (g, i)
		if (read_stay(&g->skel->bss->records[i], &stay))
			end_if_stale(g, &stay);
	records_take_back(g);
}

bool kside_wants_tending(const struct kside *g)
{
	return __atomic_load_n(&g->skel->bss->scarce, __ATOMIC_RELAXED);
}

size_t kside_senders(struct kside *g, int index, struct kside_sender *out, size_t max)
{
	return read_senders(g, index, true, out, max);
}

size_t kside_senders_on_record(struct kside *g, int index, struct kside_sender *out, size_t max)
{
	return read_senders(g, index, false, out, max);
}
