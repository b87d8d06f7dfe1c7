/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The gate of a remote processor and the records of the tasks inside a send.
 *
 * Ordering. A sender first writes its record (R), then reads the gate (G). A stopper first closes
 * the gate, then reads the records. If the sender reads "open", the stopper must find its record.
 * Without a barrier between R and G the sender's CPU may delay R past G, and both sides would miss
 * each other; BPF has no barrier that every kernel from 5.10 on and arm64 offer. So the stopper
 * supplies it for both. User space runs on every CPU in turn between closing and reading, and a
 * kprobe program runs with preemption disabled: every program that may have read "open" has ended by
 * then, and its record is visible (src/system/barrier.c has the whole argument). On the path that
 * nobody holds the stopper is a kprobe itself and cannot do that; it looks at the records after
 * each of WAIT_ROUNDS rounds, and one takes longer than a CPU can keep a store back, but that is a
 * bound and not a proof: this path cannot be held anyway, and overlaps on it are detected and
 * reported. tests/model/gate.pml checks all of this, and what each part is needed for.
 */
#ifndef RPMSG_GUARD_GATE_BPF_H
#define RPMSG_GUARD_GATE_BPF_H

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	/* User space opens and closes gates in place: writing a whole value would lose counts. */
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, RG_GATES);
	__type(key, __u32);
	__type(value, struct rg_gate);
} gates SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RG_SENDERS_MAX);
	__type(key, __u64);
	__type(value, struct rg_sender);
} senders SEC(".maps");

/*
 * Tasks inside rproc_shutdown() that were let in, by pid_tgid. User space ends a turn
 * only when none of them is left (kernel side: parked.h).
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RG_INSIDE_MAX);
	__type(key, __u64);
	__type(value, struct rg_inside);
} inside_shutdown SEC(".maps");

/* How many of them. Mostly nobody is, and then user space need not read the map. */
__s64 n_inside;

/*
 * The number of records. Kept exact by counting only insertions and deletions that succeeded; user
 * space does the same when it removes a record whose owner missed its exit.
 */
__s64 n_senders;
__u32 process_senders[RG_PROCESS_COUNTERS];
/* Sends that found no room for a record; and when one was last let in without it (level "observe"). */
__u64 lost_senders;
__u64 unrecorded_ns;
/* Exits that nobody saw, noticed because the same task came again. */
__u64 missed_exits;

/* Idle tasks all have pid 0; an interrupt on each CPU may send on top of one. */
static __always_inline __u64 sender_key(void)
{
	__u64 id = bpf_get_current_pid_tgid();

	return id ? id : RG_IDLE_KEY | bpf_get_smp_processor_id();
}

static __always_inline struct rg_gate *gate_of(__u32 rproc)
{
	return rproc < RG_GATES ? bpf_map_lookup_elem(&gates, &rproc) : NULL;
}

static __always_inline void count_sender(__u64 key, int change)
{
	__sync_fetch_and_add(&n_senders, change);
	__sync_fetch_and_add(&process_senders[rg_process_counter(key)], change);
}

/*
 * A task that has a record already is either inside a send and was interrupted by one, or its exit
 * was missed. An interrupt cannot sleep, so it sends with one of the rpmsg_trysend functions: that
 * on top of a send that may sleep counts as nested, everything else replaces the record. (A task
 * that sends with both and misses an exit stays one too deep; user space finds out by its stack.)
 *
 * False when there is no room for a record: nobody would wait for the sender.
 */
static __always_inline bool sender_enter(__u64 key, __u64 ept, __u64 ip, bool may_sleep)
{
	struct rg_sender *outer = bpf_map_lookup_elem(&senders, &key);
	struct rg_sender sender = { .endpoint = ept, .ip = ip, .depth = 1 };

	if (outer && outer->may_sleep && !may_sleep) {
		outer->depth++;
		return true;
	}
	sender.may_sleep = may_sleep;
	sender.since_ns = bpf_ktime_get_ns();
	bpf_get_current_comm(sender.comm, sizeof(sender.comm));
	if (!bpf_map_update_elem(&senders, &key, &sender, BPF_NOEXIST)) {
		count_sender(key, 1);
		return true;
	}
	if (!bpf_map_update_elem(&senders, &key, &sender, BPF_EXIST)) {
		__sync_fetch_and_add(&missed_exits, 1);
		return true;
	}
	__sync_fetch_and_add(&lost_senders, 1);
	return false;
}

/* Only the task itself and the interrupts on top of it touch its record: no race on the depth. */
static __always_inline void sender_leave(__u64 key)
{
	struct rg_sender *sender = bpf_map_lookup_elem(&senders, &key);

	if (!sender)
		return;
	if (sender->depth > 1)
		sender->depth--;
	else if (!bpf_map_delete_elem(&senders, &key))
		count_sender(key, -1);
}

/* True the first time for each @type since the gate closed: later ones are only counted. */
static __always_inline bool first_report(struct rg_gate *gate, __u32 type)
{
	if (gate->reported & (1u << type))
		return false;
	gate->reported |= 1u << type;
	return true;
}

static __always_inline void forget_reports(struct rg_gate *gate)
{
	gate->reported = 0;
	gate->noted = 0;
}

/*
 * How an unheld shutdown waits. The verifier walks every round of a loop, and a thousand of them
 * cost it seconds on a board; so there are few, and each one takes as long as reading a string of
 * YARDSTICK bytes takes, some tens of microseconds: together some milliseconds, many times what a
 * send that does not sleep needs, and enough for one whose CPU a hypervisor has taken away for a moment.
 */
#define WAIT_ROUNDS 128
#define YARDSTICK 16384

/* Filled by user space with anything but zeros. */
char yardstick[YARDSTICK] SEC(".data");
char yardstick_copy[YARDSTICK];

static __always_inline __s64 wait_for_senders(void)
{
	__s64 left = 0;

	for (int i = 0; i < WAIT_ROUNDS; i++) {
		bpf_probe_read_kernel_str(yardstick_copy, YARDSTICK, yardstick);
		left = *(volatile __s64 *)&n_senders;
		if (left <= 0)
			return 0;
	}
	return left;
}

#endif
