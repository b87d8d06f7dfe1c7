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
		/* One that is down already has no endpoint that is alive. */
		if (gate && gate->closed && !gate->teardown_ns)
			return gate;
	}
	return NULL;
}

static __always_inline void count_dead(__u64 ept, struct rg_endpoint *entry)
{
	/* A pointer out of nowhere belongs to nobody; it is booked on the first gate. */
	struct rg_gate *gate = gate_of(entry ? entry->rproc : 0);

	if (!gate)
		return;
	__sync_fetch_and_add(&gate->dropped, 1);
	flight_enter_refused(gate, entry, RG_SEND_KEPT_AWAY, fail_dead ? -refused_errno : 0);
	if (first_report(gate, RG_SEND_DROPPED))
		record(RG_SEND_DROPPED, entry ? entry->rproc : RG_RPROC_UNKNOWN, ept, 0,
		       entry ? entry->channel : NULL);
}

static __always_inline enum verdict examine_send(const struct rpmsg_endpoint *ept)
{
	struct rg_endpoint *entry = ledger_find((__u64)ept);
	struct rg_gate *gate;

	if (ledger_says_dead(entry)) {
		count_dead((__u64)ept, entry);
		return SEND_DEAD;
	}
	if (!entry)
		entry = ledger_learn(ept);
	gate = closed_gate(entry ? entry->rproc : RG_RPROC_UNKNOWN);
	if (!gate || (!gate->teardown_ns && is_probing(sender_key())))
		return SEND_PASS;
	__sync_fetch_and_add(&gate->refused, 1);
	flight_enter_refused(gate, entry, RG_SEND_TURNED_AWAY, -refused_errno);
	if (first_report(gate, RG_SEND_REFUSED))
		record(RG_SEND_REFUSED, entry ? entry->rproc : RG_RPROC_UNKNOWN, (__u64)ept, 0,
		       entry ? entry->channel : NULL);
	return SEND_REFUSE;
}

/*
 * Entry of rpmsg_send and its family, all of which take the endpoint first. The record is written
 * before anything is looked at: see gate.bpf.h.
 */
static __always_inline int enter_override(struct pt_regs *ctx, bool may_sleep)
{
	const struct rpmsg_endpoint *ept = (const void *)PT_REGS_PARM1(ctx);
	__u64 key = sender_key();
	enum verdict verdict;

	if (!sender_enter(key, (__u64)ept, PT_REGS_IP(ctx), may_sleep)) {
		/* Nobody would wait for it. What a send says when it finds no buffer. */
		bpf_override_return(ctx, (unsigned long)-ENOMEM);
		return 0;
	}
	verdict = examine_send(ept);
	if (verdict == SEND_PASS)
		return 0;
	sender_leave(key);
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

/* Level "observe": the record, and the endpoint learned while it is alive. */
static __always_inline int enter_observe(struct pt_regs *ctx, bool may_sleep)
{
	const struct rpmsg_endpoint *ept = (const void *)PT_REGS_PARM1(ctx);
	const struct rg_endpoint *entry;

	if (!sender_enter(sender_key(), (__u64)ept, PT_REGS_IP(ctx), may_sleep))
		unrecorded_ns = bpf_ktime_get_ns();
	entry = ledger_find((__u64)ept);
	if (ledger_says_dead(entry))
		count_stale(entry);
	else if (!entry)
		ledger_learn(ept);
	return 0;
}

/* A sender that was inside while a virtqueue was deleted under it, and came out alive. */
static __always_inline void check_overlap(const struct rg_sender *sender,
					  const struct rg_endpoint *entry)
{
	struct rg_gate *gate = entry ? gate_of(entry->rproc) : NULL;

	if (!gate || sender->depth > 1 || sender->since_ns > gate->last_teardown_ns)
		return;
	__sync_fetch_and_add(&gate->unsafe_overlaps, 1);
	record(RG_UNSAFE_OVERLAP, entry->rproc, sender->endpoint, 0, entry->channel);
}

#endif
