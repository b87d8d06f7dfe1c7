/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turning back a caller of rproc_shutdown() that came through a descriptor opened long ago, or
 * through /dev/remoteprocN: nobody could hold its open, and a kprobe cannot wait.
 *
 * Its write() is made to end before it has begun: the body of rproc_shutdown() is skipped, the
 * caller is stopped by SIGSTOP on its way back to user mode, and user space runs the hold. Where the
 * function returns an int (rproc_detach() always, rproc_shutdown() since 5.18, commit c13b780c4597) the
 * skipped call returns -ERESTARTNOINTR: continued, the caller makes its system call again by itself,
 * comes by here with a pass, and what it gets in the end is the kernel's own result. Where it returns
 * void, the write() has succeeded, and user space writes "stop" in its place before it lets the caller
 * go on.
 *
 * A process with a task inside a send is not stopped: a pending signal makes a sleeper in
 * rpmsg_send_offchannel_raw() run in circles, because its loop is left only for a buffer or a
 * time-out. Its call fails with -EBUSY and nothing is taken down: "succeeded" would be a lie if the stop
 * were refused later. Only where the function returns void its stop is deferred, too. The same goes for
 * a task that no signal can be sent to.
 *
 * On a real-time kernel the signal is sent by a thread of the kernel, after the call has returned as it
 * may be: without a signal pending the program would see ERESTARTNOINTR (seen on 6.12). So there the
 * stop, or the detach, is deferred. On 32-bit ARM with one CPU it is the next tick that sends the signal,
 * because a CPU without others has no interrupt for itself: the same.
 *
 * A close of /dev/remoteprocN that takes the remote processor down with it
 * (RPROC_SET_SHUTDOWN_ON_RELEASE, which is for programs that may die) tells nobody a result. It ends at
 * once, and its stop or detach is deferred. rproc_cdev_release() calls rproc_detach() last, so gcc may
 * make a jump of that call (seen on x86_64, 6.1 and 6.12), and the return address is in __fput(). Behind
 * such a jump nothing of rproc_cdev_release() runs any more: what holds for its calls holds here, too.
 */
#ifndef RPMSG_GUARD_PARK_BPF_H
#define RPMSG_GUARD_PARK_BPF_H

#define SIGSTOP 19
#define EBUSY 16
#define EINVAL 22
/* Of the kernel, for itself: never seen by a program as long as a signal is pending. */
#define ERESTARTNOINTR 513

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RG_PARKED_MAX);
	__type(key, __u64);
	__type(value, struct rg_parked);
} parked SEC(".maps");

/* Written by user space, when remoteproc is there and again when it was reloaded. */
struct rg_range write_handlers[RG_WRITE_HANDLERS];
struct rg_range release_handlers[RG_RELEASE_HANDLERS];
/* Whether user space has to look into the map at all. */
__u32 ever_parked;
__u32 shutdown_returns_int;
/* Where signals are late, whether one can be sent from here at all; see try_signal(). */
__u32 signals_wait;

static __always_inline bool is_in(__u64 caller, const struct rg_range *range)
{
	return caller > range->begin && caller <= range->end;
}

static __always_inline bool is_release(__u64 caller)
{
	for (int i = 0; i < RG_RELEASE_HANDLERS; i++)
		if (is_in(caller, &release_handlers[i]))
			return true;
	return false;
}

/* All others, rproc_del() first, go on to free what a stop that comes later would need. */
static __always_inline bool can_wait(__u64 caller)
{
	for (int i = 0; i < RG_WRITE_HANDLERS; i++)
		if (is_in(caller, &write_handlers[i]))
			return true;
	return is_release(caller);
}

/* What a call has in common that is made at rproc_shutdown() or rproc_detach(). */
struct rg_call {
	__u64 key;
	__u64 caller; /* return address */
	__u32 rproc;
	__u32 detach;
};

static __always_inline enum rg_park_mode stop_caller(const struct rg_call *call)
{
	const bool returns_int = call->detach || shutdown_returns_int;

	if (is_release(call->caller))
		return RG_PARK_CLOSED;
	if (senders_inside((__u32)(call->key >> 32)))
		return returns_int ? RG_PARK_BUSY : RG_PARK_RUNNING;
	/*
	 * First the signal, then the override that relies on it. With interrupts off (arm64) it is
	 * an irq_work that is run as soon as they are on again, long before the way back to user
	 * mode.
	 */
	if ((late_signals && !signals_wait) || bpf_send_signal(SIGSTOP))
		return returns_int ? RG_PARK_BUSY : RG_PARK_RUNNING;
	return returns_int && !late_signals ? RG_PARK_RESTART : RG_PARK_DEFER;
}

static __always_inline void turn_back(struct pt_regs *ctx, enum rg_park_mode mode)
{
	if (mode == RG_PARK_RESTART)
		bpf_override_return(ctx, (unsigned long)-ERESTARTNOINTR);
	else if (mode == RG_PARK_BUSY)
		bpf_override_return(ctx, (unsigned long)-EBUSY);
	else
		bpf_override_return(ctx, 0);
}

/* Whether the caller was turned back. */
static __always_inline bool park(struct pt_regs *ctx, const struct rg_call *call)
{
	struct rg_parked new = {
		.rproc = call->rproc,
		.caller = call->caller,
		.detach = call->detach,
	};
	struct rg_parked *entry;
	enum rg_park_mode mode;

	new.since_ns = bpf_ktime_get_ns();
	bpf_get_current_comm(new.comm, sizeof(new.comm));
	/* Without an entry nobody would ever continue it. */
	if (bpf_map_update_elem(&parked, &call->key, &new, BPF_NOEXIST))
		return false;
	entry = bpf_map_lookup_elem(&parked, &call->key);
	if (!entry)
		return false;
	mode = stop_caller(call);
	if (mode == RG_PARK_BUSY)
		bpf_map_delete_elem(&parked, &call->key);
	else
		entry->mode = mode;
	ever_parked = 1;
	record(RG_PARKED, call->rproc, call->caller, mode, NULL);
	turn_back(ctx, mode);
	return true;
}

/*
 * A pass says that the hold is complete. It ends with the teardown, and with the next boot: then the hold
 * says nothing of what is there.
 */
static __always_inline bool has_pass(const struct rg_parked *entry, const struct rg_gate *gate)
{
	if (entry->verdict == RG_PARK_FREE)
		return true;
	return entry->verdict == RG_PARK_PASS &&
	       (!gate || (gate->closed && gate->held && !gate->teardown_ns));
}

/*
 * Somebody else has continued it. Should user space decide at this very moment, the signal comes after its
 * SIGCONT: it looks after stopped tasks with a decision.
 */
static __always_inline void park_again(struct pt_regs *ctx, const struct rg_call *call,
				       struct rg_parked *entry)
{
	const enum rg_park_mode mode = stop_caller(call);

	if (mode != RG_PARK_BUSY) {
		entry->mode = mode;
		entry->detach = call->detach;
	} else if (entry->mode == RG_PARK_RESTART) {
		/* Told now. What a call of it that has ended was told before still has to be done. */
		bpf_map_delete_elem(&parked, &call->key);
	}
	turn_back(ctx, mode);
}

/* The caller comes again, with or without a decision. Whether its call is not to be made. */
static __always_inline bool answer_parked(struct pt_regs *ctx, const struct rg_call *call,
					  struct rg_parked *entry, bool pass)
{
	__u32 verdict = entry->verdict;

	if (verdict == RG_PARK_PASS && !pass)
		verdict = entry->verdict = RG_PARK_WAIT;
	if (verdict == RG_PARK_WAIT) {
		park_again(ctx, call, entry);
		return true;
	}
	bpf_map_delete_elem(&parked, &call->key);
	if (verdict == RG_PARK_REFUSE)
		bpf_override_return(ctx, (unsigned long)-EBUSY);
	if (verdict == RG_PARK_DOWN)
		bpf_override_return(ctx, (unsigned long)-EINVAL);
	return verdict == RG_PARK_REFUSE || verdict == RG_PARK_DOWN;
}

#endif
