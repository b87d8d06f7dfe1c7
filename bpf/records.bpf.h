/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The records of the tasks that send: one for each, kept between its sends, so that a send finds and marks
 * its record and neither makes nor removes it.
 *
 * A task finds its record by "recent", which has a guess for its thread's number, or by "places". What is
 * found counts only when the record has the key of the task: the guess may be of another task at any
 * time. Only the task itself uses its record, and the interrupts on top of it, whose programs run when
 * its own do not: a program runs with preemption disabled, and the kernel skips one that would
 * interrupt another on its CPU. Free records are on a stack. What makes a record somebody's is that it
 * was taken from there.
 *
 * Who ends does not give its record back: nothing is hooked there. When many are taken, "scarce" is set:
 * then each send gives its record back at its end, and user space is told. It takes back the records of
 * tasks that have gone (src/kernel_side/records.c).
 */
#ifndef RPMSG_GUARD_RECORDS_BPF_H
#define RPMSG_GUARD_RECORDS_BPF_H

/* More than RG_RECORDS: threads that send should not have the same place. */
#define RECENT 4096 /* a power of two */

struct rg_record records[RG_RECORDS] __attribute__((aligned(64)));
__u16 recent[RECENT];
/* Parts of the records in which one was ever taken: user space looks at no other. */
__u8 parts[RG_RECORDS / RG_PART];

/* The key of a record -> its number. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RG_RECORDS);
	__type(key, __u64);
	__type(value, __u32);
} places SEC(".maps");

/* Filled by user space. */
struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, RG_RECORDS);
	__uint(key_size, 0);
	__uint(value_size, sizeof(__u32));
} free_records SEC(".maps");

/* Set before loading: so many taken records are many. */
const volatile __u32 many_records = RG_RECORDS;

__u32 n_taken;
__u32 scarce;
/* Sends that found no record; and when one was last let in without it (level "observe"). */
__u64 lost_senders;
__u64 unrecorded_ns;
/* Entries that nobody saw, noticed because a send returned that has no record (src/kernel_side/missed.c). */
__u64 missed_entries;
/* Exits that nobody saw, noticed because the same task came again. */
__u64 missed_exits;

/* Idle tasks all have pid 0; an interrupt on each CPU may send on top of one. */
static __always_inline __u64 sender_key(void)
{
	__u64 id = bpf_get_current_pid_tgid();

	return id ? id : RG_IDLE_KEY | bpf_get_smp_processor_id();
}

static __always_inline struct rg_record *record_at(__u32 number)
{
	return &records[number & (RG_RECORDS - 1)];
}

static __always_inline void tell_scarce(void)
{
	if (n_taken < many_records || scarce)
		return;
	scarce = 1;
	record(RG_RECORDS_SCARCE, RG_RPROC_UNKNOWN, 0, n_taken, NULL);
}

/* Its own record, or NULL when there is none. */
static __always_inline struct rg_record *record_find(__u64 key)
{
	__u16 *guess = &recent[key & (RECENT - 1)];
	struct rg_record *r = record_at(*guess);
	const __u32 *number;

	if (r->key == key)
		return r;
	number = bpf_map_lookup_elem(&places, &key);
	if (!number)
		return NULL;
	r = record_at(*number);
	/* User space has taken it back (records_take_back()). */
	if (r->key != key)
		return NULL;
	*guess = (__u16)*number;
	return r;
}

static __always_inline struct rg_record *record_take(__u64 key)
{
	struct rg_record *r;
	__u32 number;

	if (bpf_map_pop_elem(&free_records, &number))
		return NULL;
	if (bpf_map_update_elem(&places, &key, &number, BPF_ANY)) {
		bpf_map_push_elem(&free_records, &number, BPF_ANY);
		return NULL;
	}
	r = record_at(number);
	parts[(number & (RG_RECORDS - 1)) / RG_PART] = 1;
	r->number = number;
	r->tick = 0;
	r->pass_endpoint = 0;
	r->candidate_endpoint = 0;
	r->key = key;
	recent[key & (RECENT - 1)] = (__u16)number;
	__sync_fetch_and_add(&n_taken, 1);
	tell_scarce();
	return r;
}

/* Of a task that is not inside a send. */
static __always_inline void record_give_back(struct rg_record *r)
{
	__u64 key = r->key;
	const __u32 *place = bpf_map_lookup_elem(&places, &key);
	const __u32 number = r->number;

	/* Who deletes it is the one that gives it back. */
	if (!place || *place != number || bpf_map_delete_elem(&places, &key))
		return;
	r->key = 0;
	__sync_fetch_and_add(&n_taken, -1);
	bpf_map_push_elem(&free_records, &number, BPF_ANY);
}

/* 1 for anything but 0, without a branch: clang makes one of what it can see through. */
static __always_inline __u64 is_not_0(__u64 n)
{
	__u64 minus = -n;

	asm("" : "+r"(minus));
	return (n | minus) >> 63;
}

/*
 * The verifier walks every round of a loop, and begins a walk of its own at each branch in it. A global function is
 * walked once, with any arguments, and not again at each call. So there are two, and no branch in the inner one.
 */
__noinline int senders_inside_part(__u32 tgid, __u32 first)
{
	const __u64 all = 1 - is_not_0(tgid);
	__u64 n = 0;

	first &= RG_RECORDS - RG_PART;
#pragma unroll
	for (__u32 i = 0; i < RG_PART; i++) {
		const volatile struct rg_record *r = &records[first + i];
		const __u64 begun = r->begun;

		n += is_not_0(begun ^ r->ended) & is_not_0(begun ^ r->judged) &
		     (all | (1 - is_not_0((r->key >> 32) ^ tgid)));
	}
	return (int)n;
}

/* How many tasks are inside a send, of thread group @tgid or, for 0, of all. */
__noinline int senders_inside(__u32 tgid)
{
	int n = 0;

	for (__u32 first = 0; first < RG_RECORDS; first += RG_PART)
		n += senders_inside_part(tgid, first);
	return n;
}

#endif
