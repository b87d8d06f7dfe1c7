/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Passes of endpoints: a record remembers that a send on its endpoint may pass, so that the next send
 * looks neither into the ledger nor at a gate. A pass is good for one generation, and a new one begins with every
 * gate that closes and every endpoint that dies.
 *
 * Ordering. Who begins a generation has changed something before (C), and then the number (N). A sender that
 * gives its record a pass has read the number (n), and then looks at what the pass says (c). If n is the new
 * number, c must see C, or the pass would outlast it. Neither side is in order by itself on arm64. So there
 * are two locks between C and N, and two between n and c: order(). An unlock followed by a lock keeps stores
 * in order with stores and loads with loads on every architecture (the kernel's locks are RCtso). User space is
 * in order by its own atomics. A send that reads an old number may pass as one that has read an open gate
 * may: see gate.bpf.h. tests/model/pass.pml checks this.
 *
 * Two locks are dear, so a record gets a pass at the second send in a row on one endpoint.
 */
#ifndef RPMSG_GUARD_PASS_BPF_H
#define RPMSG_GUARD_PASS_BPF_H

/* Read at every send: on a cache line that is seldom written to. */
__u32 generation __attribute__((aligned(64)));
__u32 generation_line[15];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} locks SEC(".maps");

/* False when it could not take the locks. */
static __always_inline bool order(void)
{
	const __u32 one = 1;

	return !bpf_map_update_elem(&locks, &one, &one, BPF_ANY) &&
	       !bpf_map_update_elem(&locks, &one, &one, BPF_ANY);
}

/* Something was closed, or has died. */
static __always_inline void begin_generation(void)
{
	order();
	__sync_fetch_and_add(&generation, 1);
}

/*
 * Behind the mark of the record: reads the generation. One that is on top of another send has no part in
 * the record.
 */
static __always_inline bool has_passed(struct rg_record *r, __u64 ept)
{
	if (r->depth > 1)
		return false;
	r->generation = *(volatile __u32 *)&generation;
	if (r->pass_endpoint != ept || r->pass_generation != r->generation)
		return false;
	/* The last send, or poll, may have been on an endpoint of another: only its hold would wait for this. */
	r->rproc = r->pass_rproc;
	return true;
}

/* Whether the record gets a pass if what is looked at behind this agrees. */
static __always_inline bool is_due_for_pass(struct rg_record *r, __u64 ept)
{
	if (r->depth > 1)
		return false;
	if (r->candidate_endpoint == ept && r->candidate_generation == r->generation)
		return order();
	r->candidate_endpoint = ept;
	r->candidate_generation = r->generation;
	return false;
}

/* Behind belongs_to(). */
static __always_inline void give_pass(struct rg_record *r)
{
	r->pass_rproc = r->rproc;
	r->pass_endpoint = r->candidate_endpoint;
	r->pass_generation = r->candidate_generation;
}

#endif
