/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The flight recorder: every send is entered when it ends, behind those of the same record, so that an episode
 * shows what led to it. Those that are still inside show in the records.
 *
 * There is one writer for each ring, the task with the interrupts on top of it. The reader is a mapping,
 * because a thread inside a bpf() call that looks at a map makes the kernel skip the programs of whoever runs on
 * its CPU. Nothing is in order here: the reader visits every CPU before it reads, and again before it trusts what
 * it has read (src/kernel_side/flight.c).
 */
#ifndef RPMSG_GUARD_FLIGHT_BPF_H
#define RPMSG_GUARD_FLIGHT_BPF_H

/* Set before loading: sends that are kept of each record, a power of two. */
const volatile __u32 flight_sends = 1;

/* User space sets the number of entries: flight_sends for each record, one record after the other. */
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
#define NOTED_MAX 16

/* @r is inside a send that is over. One on top of another is not entered: see the one below. */
static __always_inline void flight_enter(struct rg_record *r, __u16 result, __s32 value)
{
	__u32 place = r->number * flight_sends + (r->sent & (flight_sends - 1));
	struct rg_flight_send *send = bpf_map_lookup_elem(&flights, &place);

	if (!send)
		return;
	send->key = r->key;
	send->start_ns = r->since_ns;
	send->end_ns = bpf_ktime_get_ns();
	send->endpoint = r->endpoint;
	send->ip = r->ip;
	send->value = value;
	send->rproc = (__u16)r->rproc;
	send->result = result;
	*(volatile __u32 *)&r->sent = r->sent + 1;
}

/* A send that @gate turned away, before its record ends. */
static __always_inline void flight_enter_refused(struct rg_gate *gate, struct rg_record *r,
						 __u16 result, __s32 value)
{
	if (gate->noted >= NOTED_MAX || r->depth > 1)
		return;
	gate->noted++;
	flight_enter(r, result, value);
}

#endif
