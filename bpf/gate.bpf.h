/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The gate of a remote processor, and who is inside a send.
 *
 * Ordering. A sender first marks its record (R), then reads the gate, or the generation that stands for it
 * (G). A stopper first closes the gate, then reads the records. If the sender reads "open", the stopper must find
 * its record. Without a barrier between R and G the sender's CPU may delay R past G, and both sides would miss
 * each other; BPF has no barrier that every kernel from 5.10 on and arm64 offer. So the stopper
 * supplies it for both. User space runs on every CPU in turn between closing and reading, and a
 * kprobe program runs with preemption disabled: every program that may have read "open" has ended by
 * then, and its record is visible (src/system/barrier.c has the whole argument). Nor is the end of a record in
 * order with what the send did before. So when all have left, user space visits every CPU again before it goes by
 * that (kside_all_left()). On the path that
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

static __always_inline struct rg_gate *gate_of(__u32 rproc)
{
	return rproc < RG_GATES ? bpf_map_lookup_elem(&gates, &rproc) : NULL;
}

/*
 * A task that is inside already was interrupted by a send, or its exit was missed. An interrupt cannot
 * sleep, so it sends with one of the rpmsg_trysend functions: that
 * on top of a send that may sleep counts as nested, everything else takes the place of the send before. (A task
 * that sends with both and misses an exit stays one too deep; user space finds out by its stack.)
 */
static __always_inline bool is_nested(struct rg_record *r, bool may_sleep)
{
	if (r->begun == r->judged)
		return false;
	if (r->may_sleep && !may_sleep) {
		r->depth++;
		return true;
	}
	__sync_fetch_and_add(&missed_exits, 1);
	return false;
}

/* Once a tick at most: an execve() changes the name, and a number comes again with another task. */
static __always_inline void look_at_name(struct rg_record *r)
{
	const __u64 tick = bpf_jiffies64();

	if (tick == r->tick)
		return;
	r->tick = tick;
	bpf_get_current_comm(r->comm, sizeof(r->comm));
}

/* NULL when there is no record left: nobody would wait for the sender. */
static __always_inline struct rg_record *sender_enter(__u64 ept, __u64 ip, bool may_sleep)
{
	const __u64 key = sender_key();
	struct rg_record *r = record_find(key) ?: record_take(key);

	if (!r) {
		__sync_fetch_and_add(&lost_senders, 1);
		return NULL;
	}
	if (r->begun != r->ended && is_nested(r, may_sleep))
		return r;
	look_at_name(r);
	r->since_ns = bpf_ktime_get_ns();
	r->endpoint = ept;
	r->ip = ip;
	r->depth = 1;
	r->may_sleep = may_sleep;
	r->ejected = 0;
	/* From here on it is inside. Nothing below may be looked at before, see above. */
	*(volatile __u64 *)&r->begun = r->begun + 1;
	return r;
}

/* The record of the current task, if it is inside a send. */
static __always_inline struct rg_record *sender_inside(void)
{
	struct rg_record *r = record_find(sender_key());

	return r && r->begun != r->ended ? r : NULL;
}

/* Only the task itself and the interrupts on top of it touch its record: no race on the depth. */
static __always_inline void sender_leave(struct rg_record *r)
{
	if (r->depth > 1) {
		r->depth--;
		return;
	}
	*(volatile __u64 *)&r->ended = r->begun;
	if (scarce)
		record_give_back(r);
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

static __always_inline void wait_a_round(void)
{
	bpf_probe_read_kernel_str(yardstick_copy, YARDSTICK, yardstick);
}

/* Returns how many are left. */
static __always_inline int wait_for_senders(void)
{
	int left = 0;

	for (int i = 0; i < WAIT_ROUNDS; i++) {
		wait_a_round();
		left = senders_inside(0);
		if (!left) {
			/* A record may end before the last store of its send is out. */
			wait_a_round();
			break;
		}
	}
	return left;
}

#endif
