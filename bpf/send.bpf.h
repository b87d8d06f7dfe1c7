/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens at the entry and the exit of a send: whether it passes, is refused or is dropped, and
 * whether it overlapped with a teardown.
 */
#ifndef RPMSG_GUARD_SEND_BPF_H
#define RPMSG_GUARD_SEND_BPF_H

/* Set before loading. */
const volatile __s32 refused_errno = 108; /* ESHUTDOWN */
const volatile bool fail_dead;

#define ENOMEM 12

enum verdict { SEND_PASS, SEND_REFUSE, SEND_DEAD };

/*
 * Whether a gate stands against @entry. An endpoint that no remote processor could be found for may
 * belong to any of them: every closed gate is closed to it.
 */
static __always_inline struct rg_gate *closed_gate(__u32 rproc)
{
	struct rg_gate *gate = gate_of(rproc);

	if (gate)
		return gate->closed ? gate : NULL;
	for (__u32 i = 0; i < RG_GATES; i++) {
		gate = gate_of(i);
		/*
		 * One that is down already has no endpoint that is alive, and endpoints of others are not to be
		 * refused for it; but nobody knows which are dead when some found no room.
		 */
		if (gate && gate->closed && (!gate->teardown_ns || ledger_overflows()))
			return gate;
	}
	return NULL;
}

static __always_inline void count_dead(struct rg_record *r, __u64 ept,
				       const struct rg_endpoint *entry)
{
	/* A pointer out of nowhere belongs to nobody; it is booked on the first gate. */
	struct rg_gate *gate = gate_of(entry ? entry->rproc : 0);

	if (!gate)
		return;
	__sync_fetch_and_add(&gate->dropped, 1);
	flight_enter_refused(gate, r, RG_SEND_KEPT_AWAY, fail_dead ? -refused_errno : 0);
	if (first_report(gate, RG_SEND_DROPPED))
		record(RG_SEND_DROPPED, entry ? entry->rproc : RG_RPROC_UNKNOWN, ept, 0,
		       entry ? entry->channel : NULL);
}

static __always_inline void count_refused(struct rg_gate *gate, struct rg_record *r, __u64 ept,
					  const struct rg_endpoint *entry)
{
	__sync_fetch_and_add(&gate->refused, 1);
	flight_enter_refused(gate, r, RG_SEND_TURNED_AWAY, -refused_errno);
	if (first_report(gate, RG_SEND_REFUSED))
		record(RG_SEND_REFUSED, entry ? entry->rproc : RG_RPROC_UNKNOWN, ept, 0,
		       entry ? entry->channel : NULL);
}

/*
 * Whose the endpoint is, for those that wait for this send. One on top of another has no record for itself: if they
 * differ, the holds of all wait. So does a hold for a send behind one whose exit was missed (is_nested()).
 */
static __always_inline __u32 belongs_to(struct rg_record *r, const struct rg_endpoint *entry)
{
	const __u32 rproc = entry ? entry->rproc : RG_RPROC_UNKNOWN;

	if (r->depth == 1)
		r->rproc = rproc;
	else if (r->rproc != rproc)
		r->rproc = RG_RPROC_UNKNOWN;
	return rproc;
}

static __always_inline enum verdict examine_send(struct rg_record *r, __u64 ept)
{
	const bool due = is_due_for_pass(r, ept);
	struct rg_endpoint *entry = ledger_find(ept);
	struct rg_gate *gate;
	__u32 rproc;

	rproc = belongs_to(r, entry);
	if (!entry && !ledger_says_dead(entry))
		rproc = belongs_to(r, entry = ledger_enter((const void *)ept, false));
	if (ledger_says_dead(entry)) {
		count_dead(r, ept, entry);
		return SEND_DEAD;
	}
	gate = closed_gate(rproc);
	if (!gate) {
		if (due && gate_of(rproc))
			give_pass(r);
		return SEND_PASS;
	}
	if (!gate->teardown_ns && is_probing(sender_key()))
		return SEND_PASS;
	count_refused(gate, r, ept, entry);
	return SEND_REFUSE;
}

/*
 * Entry of rpmsg_send and its family, all of which take the endpoint first. The record is marked
 * before anything is looked at: see gate.bpf.h.
 */
static __always_inline int enter_override(struct pt_regs *ctx, bool may_sleep)
{
	const __u64 ept = PT_REGS_PARM1(ctx);
	struct rg_record *r = sender_enter(ept, PT_REGS_IP(ctx), may_sleep);
	enum verdict verdict;

	if (!r) {
		/* Nobody would wait for it. What a send says when it finds no buffer. */
		bpf_override_return(ctx, (unsigned long)-ENOMEM);
		return 0;
	}
	if (has_passed(r, ept))
		return 0;
	verdict = examine_send(r, ept);
	if (verdict == SEND_PASS)
		return 0;
	sender_leave(r);
	if (verdict == SEND_DEAD && !fail_dead)
		bpf_override_return(ctx, 0);
	else
		bpf_override_return(ctx, (unsigned long)-(long)refused_errno);
	return 0;
}

static __always_inline void count_stale(const struct rg_endpoint *entry)
{
	struct rg_gate *gate = gate_of(entry ? entry->rproc : 0);

	if (gate)
		__sync_fetch_and_add(&gate->stale, 1);
}

static __always_inline void observe_endpoint(struct rg_record *r, __u64 ept)
{
	const bool due = r && is_due_for_pass(r, ept);
	struct rg_endpoint *entry = ledger_find(ept);
	const struct rg_gate *gate;
	bool dead;

	if (!entry && !ledger_says_dead(entry))
		entry = ledger_enter((const void *)ept, false);
	dead = ledger_says_dead(entry);
	if (dead)
		count_stale(entry);
	if (!r)
		return;
	/* The pass is the one of a send that can be refused: records are the same for all functions. */
	gate = gate_of(belongs_to(r, entry));
	if (due && !dead && gate && !gate->closed)
		give_pass(r);
}

/* Level "observe": the record, and the endpoint learned while it is alive. */
static __always_inline int enter_observe(struct pt_regs *ctx, bool may_sleep)
{
	const __u64 ept = PT_REGS_PARM1(ctx);
	struct rg_record *r = sender_enter(ept, PT_REGS_IP(ctx), may_sleep);

	if (!r)
		unrecorded_ns = bpf_ktime_get_ns();
	else if (has_passed(r, ept))
		return 0;
	observe_endpoint(r, ept);
	return 0;
}

/* A sender that was inside while a virtqueue was deleted under it, and came out alive. */
static __always_inline void check_overlap(const struct rg_record *r)
{
	struct rg_gate *gate = gate_of(r->rproc);
	const struct rg_endpoint *entry;

	/* Every teardown begins a generation. */
	if (r->generation == generation || !gate || r->since_ns > gate->last_teardown_ns)
		return;
	entry = ledger_find(r->endpoint);
	__sync_fetch_and_add(&gate->unsafe_overlaps, 1);
	record(RG_UNSAFE_OVERLAP, r->rproc, r->endpoint, 0, entry ? entry->channel : NULL);
}

static __always_inline void leave_send(__s32 result)
{
	struct rg_record *r = sender_inside();

	/* A send that was refused or dropped does not come here: its entry runs before the exit is set up. */
	if (!r) {
		__sync_fetch_and_add(&missed_entries, 1);
		return;
	}
	if (r->depth == 1) {
		check_overlap(r);
		flight_enter(r, r->ejected ? RG_SEND_LEFT : RG_SEND_RETURNED, result);
	}
	sender_leave(r);
}

#endif
