/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens at the entry and the exit of rproc_shutdown() and rproc_detach(): who is let in, who is
 * turned back, and what is left to do for a shutdown that is not held.
 */
#ifndef RPMSG_GUARD_SHUTDOWN_BPF_H
#define RPMSG_GUARD_SHUTDOWN_BPF_H

/* Set before loading. For who only wants to look: nobody is waited for, no gate closes at a shutdown. */
const volatile bool passive;

/*
 * The first virtqueue of a shutdown that nobody holds is about to go. The wait at the entry was in vain for
 * a sender that had lost its CPU to this very task, because a hook cannot sleep; since then the kernel could
 * run others here. A kernel that recovers by itself comes by here, too. What the service takes down itself was
 * held.
 */
static __always_inline void wait_at_teardown(__u32 rproc)
{
	const struct rg_gate *gate = gate_of(rproc);
	int left;

	if (passive || (__u32)(bpf_get_current_pid_tgid() >> 32) == own_process)
		return;
	if (!gate || !gate->closed || gate->released || gate->teardown_ns)
		return;
	left = wait_for_senders();
	if (left)
		record(RG_WAITED, rproc, 0, left, NULL);
}

static __always_inline void close_unheld(__u32 rproc, struct rg_gate *gate)
{
	forget_reports(gate);
	gate->teardown_ns = 0;
	gate->closed = 1;
	begin_generation();
	record(RG_GATE_CLOSED, rproc, 0, 0, NULL);
}

/* At the first instruction the return address is still where the call has put it. */
static __always_inline __u64 caller_of(struct pt_regs *ctx)
{
#if defined(__TARGET_ARCH_x86)
	return read_word((const void *)PT_REGS_SP(ctx));
#else
	return PT_REGS_RET(ctx);
#endif
}

/* One that finds no room is like one that came through a function that is not hooked: not waited for. */
static __always_inline void let_in(__u64 key, __u32 rproc, bool closed)
{
	struct rg_inside entry = { .rproc = rproc, .closed = closed };

	entry.since_ns = bpf_ktime_get_ns();
	if (!bpf_map_update_elem(&inside_shutdown, &key, &entry, BPF_NOEXIST))
		__sync_fetch_and_add(&n_inside, 1);
	else /* its exit was missed */
		bpf_map_update_elem(&inside_shutdown, &key, &entry, BPF_EXIST);
}

/*
 * Entry of rproc_shutdown() and rproc_detach(). These come here: callers with a pass; those that the release
 * of a hold lets in; those that can be turned back until a hold is through; and the others, for which
 * nothing is left but to close the gate and wait a little.
 */
static __always_inline int enter_shutdown(struct pt_regs *ctx, bool may_park, bool detach)
{
	const __u32 index = rproc_index((const void *)PT_REGS_PARM1(ctx));
	const __u64 key = bpf_get_current_pid_tgid();
	const __u64 caller = caller_of(ctx);
	const struct rg_call call = { key, caller, index, detach };
	struct rg_gate *gate = gate_of(index);
	struct rg_parked *entry;

	if (passive) {
		record(RG_SHUTDOWN, index, caller, 0, NULL);
		return 0;
	}
	entry = may_park ? bpf_map_lookup_elem(&parked, &key) : NULL;
	/* That of another remote processor says nothing here. */
	if (entry && entry->rproc == index) {
		const bool pass = has_pass(entry, gate);

		/* First on record, then without a pass: a look at passes and then at those inside sees it. */
		if (pass)
			let_in(key, index, false);
		if (answer_parked(ctx, &call, entry, pass))
			return 0;
		record(RG_SHUTDOWN, index, caller, 0, NULL);
		return 0;
	}
	/* Behind a teardown it is the second one of an unbind, or comes to nothing. */
	record(RG_SHUTDOWN, index, caller,
	       gate && !gate->released && !(gate->closed && gate->teardown_ns), NULL);
	if (!gate)
		return 0;
	if (gate->released) {
		let_in(key, index, false);
		return 0;
	}
	/*
	 * Also while it is torn down: let in, this one might get the lock behind the next boot, and then
	 * take down what nobody holds. Not our own stop in the place of another: who would continue us?
	 */
	if (may_park && (__u32)(key >> 32) != own_process && can_wait(caller) && park(ctx, &call))
		return 0;
	let_in(key, index, !gate->closed);
	/* The kernel itself refuses a second stop. */
	if (gate->closed && gate->teardown_ns)
		return 0;
	/* Else a hold is under way, and this one goes past it. */
	if (!gate->closed)
		close_unheld(index, gate);
	wait_for_senders();
	return 0;
}

/*
 * An entry of rproc_shutdown() is not a stop yet: with a power count above one, in a wrong state or
 * interrupted at its lock it returns without having done anything, and the gate that its entry
 * closed opens again.
 */
static __always_inline void leave_shutdown(__s32 result)
{
	__u64 key = bpf_get_current_pid_tgid();
	struct rg_inside *entry = bpf_map_lookup_elem(&inside_shutdown, &key);
	struct rg_gate *gate = entry ? gate_of(entry->rproc) : NULL;

	if (!entry)
		return;
	if (gate) {
		gate->shutdown_result = result;
		__sync_fetch_and_add(&gate->shutdowns, 1);
	}
	if (gate && entry->closed && gate->closed && !gate->held && !gate->teardown_ns) {
		gate->closed = 0;
		record(RG_GATE_OPENED, entry->rproc, 0, 0, NULL);
	}
	if (!bpf_map_delete_elem(&inside_shutdown, &key))
		__sync_fetch_and_add(&n_inside, -1);
}

#endif
