/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The flight recorder: every send is entered when it ends, on the CPU where it ends, so that an episode
 * shows what led to it. Those that are still inside are in the map of the senders.
 *
 * There is one writer for each ring: a program runs with preemption disabled, and one that would
 * interrupt another on its CPU is skipped by the kernel. The reader is a mapping, because a thread
 * inside a bpf() call that looks at a map makes the kernel skip the programs of whoever runs on its CPU.
 *
 * Ordering. BPF has no barrier here, but every program that enters a send has taken and released the
 * lock of a bucket of "senders" before it does so and does it again afterwards. An unlock followed by a
 * lock keeps stores in order on every architecture (the kernel's locks are RCtso): whoever sees anything
 * of a CPU's send number n sees all of number n - 1 after a read barrier, and @count at n - 1 at least.
 * That is all that the reader relies on. Hence: enter a send before its record is removed.
 */
#ifndef RPMSG_GUARD_FLIGHT_BPF_H
#define RPMSG_GUARD_FLIGHT_BPF_H

/* Set before loading: sends that are kept of each CPU, a power of two. */
const volatile __u32 flight_sends = 1;

/* User space sets the number of entries: one for each possible CPU, ... */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rg_flight_count);
} flight_counts SEC(".maps");

/* ... and flight_sends for each, one CPU after the other. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rg_flight_send);
} flights SEC(".maps");

/*
 * A writer that is refused again and again would push out what led to the stop: so many are entered
 * after a gate has closed, and the rest is counted in the gate.
 */
#define NOTED_MAX 32

static __always_inline void flight_enter(__u64 key, const struct rg_sender *sender,
					 const struct rg_endpoint *entry, __u32 result, __s32 value)
{
	__u32 cpu = bpf_get_smp_processor_id(), place;
	struct rg_flight_count *count = bpf_map_lookup_elem(&flight_counts, &cpu);
	struct rg_flight_send *send;
	__u64 number;

	/* An interrupt's send on top of another one: what is there to know is of the one below. */
	if (!count || sender->depth > 1)
		return;
	number = count->count + 1;
	place = cpu * flight_sends + (number & (flight_sends - 1));
	send = bpf_map_lookup_elem(&flights, &place);
	if (!send)
		return;
	*(volatile __u64 *)&send->number = 0;
	send->start_ns = sender->since_ns;
	send->end_ns = bpf_ktime_get_ns();
	send->key = key;
	send->endpoint = sender->endpoint;
	send->ip = sender->ip;
	send->value = value;
	send->rproc = entry ? entry->rproc : RG_RPROC_UNKNOWN;
	send->result = result;
	__builtin_memcpy(send->comm, sender->comm, sizeof(send->comm));
	if (entry)
		__builtin_memcpy(send->channel, entry->channel, sizeof(send->channel));
	else
		__builtin_memset(send->channel, 0, sizeof(send->channel));
	*(volatile __u64 *)&send->number = number;
	*(volatile __u64 *)&count->count = number;
}

/* A send that @gate turned away, before its record is removed. */
static __always_inline void flight_enter_refused(struct rg_gate *gate,
						 const struct rg_endpoint *entry, __u32 result,
						 __s32 value)
{
	const __u64 key = sender_key();
	const struct rg_sender *sender;

	if (gate->noted >= NOTED_MAX)
		return;
	gate->noted++;
	sender = bpf_map_lookup_elem(&senders, &key);
	if (sender)
		flight_enter(key, sender, entry, result, value);
}

#endif
