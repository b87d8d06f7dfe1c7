/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turning back a caller of delete_module() that wants to remove the module of a driver which a
 * remote processor hangs on: the kernel itself calls rproc_shutdown() then, or deletes the
 * virtqueues without it, and neither can be held there.
 *
 * System calls are on the error-injection list by themselves (SYSCALL_DEFINEx() of every
 * architecture). The call is skipped at its entry and returns -ERESTARTNOINTR, the caller is
 * stopped by SIGSTOP on its way back to user mode, and user space runs the holds. Continued, the
 * caller makes its call again by itself, with the same arguments, and meets the decision: see
 * park.bpf.h, which does the same at rproc_shutdown(). Nobody is deferred here: the call cannot be
 * made in the caller's place, so a caller that cannot be stopped is refused.
 *
 * Any user can come by here. A caller without the right to remove modules is let through: the kernel
 * refuses it by itself, before it looks at anything else. Where the right cannot be read here, user space
 * finds it out, as far as it can be found out later.
 */
#ifndef RPMSG_GUARD_REMOVAL_BPF_H
#define RPMSG_GUARD_REMOVAL_BPF_H

#define EPERM 1
#define EAGAIN 11

struct rg_module {
	char name[RG_MODULE_NAME];
};

/* Filled by user space; a module that was of interest once stays in it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RG_MODULES_MAX);
	__type(key, struct rg_module);
	__type(value, __u32);
} guarded_modules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RG_REMOVALS_MAX);
	__type(key, __u64);
	__type(value, struct rg_removal);
} removals SEC(".maps");

/* Callers that have used their pass and are in the call, by pid_tgid. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RG_REMOVALS_MAX);
	__type(key, __u64);
	__type(value, __u32);
} inside_removal SEC(".maps");

/* Whether user space has to look into the map at all. */
__u32 ever_removed;
/* By user space: nobody is turned back any more. */
__u32 removals_end;
/* Calls that were refused here: no room, or a caller that no signal can be sent to. */
__u64 removals_refused;

static __always_inline void stop_removal(struct pt_regs *ctx, __u64 key)
{
	/* See stop_caller(). */
	if (!late_signals && !bpf_send_signal(SIGSTOP)) {
		bpf_override_return(ctx, (unsigned long)-ERESTARTNOINTR);
		return;
	}
	bpf_map_delete_elem(&removals, &key);
	__sync_fetch_and_add(&removals_refused, 1);
	bpf_override_return(ctx, (unsigned long)-EBUSY);
}

/*
 * A pass is used up by who deletes it: here, or in user space, which makes it void. The record
 * comes first, so that user space sees the one or the other.
 */
static __always_inline bool use_pass(__u64 key)
{
	const __u32 one = 1;

	bpf_map_update_elem(&inside_removal, &key, &one, BPF_ANY);
	if (!bpf_map_delete_elem(&removals, &key))
		return true;
	bpf_map_delete_elem(&inside_removal, &key);
	return false;
}

/* The caller comes again. Whether that was all; else its pass was made void at this very moment. */
static __always_inline bool answer_removal(struct pt_regs *ctx, __u64 key, __u32 verdict)
{
	switch (verdict) {
	case RG_PARK_WAIT:
		/* Somebody else has continued it. */
		stop_removal(ctx, key);
		return true;
	case RG_PARK_PASS:
		return use_pass(key);
	case RG_PARK_REFUSE:
		bpf_override_return(ctx, (unsigned long)-EBUSY);
		break;
	case RG_PARK_IN_USE:
		bpf_override_return(ctx, (unsigned long)-EAGAIN);
		break;
	case RG_PARK_NO_RIGHT:
		bpf_override_return(ctx, (unsigned long)-EPERM);
		break;
	}
	bpf_map_delete_elem(&removals, &key);
	return true;
}

/* Returns false for a module that nobody guards. */
static __always_inline bool read_module(struct rg_removal *out, __u64 name)
{
	/*
	 * As the kernel does, up to 55 bytes. A page that is not there right now is not fetched:
	 * without a name it may be any module.
	 */
	if (bpf_probe_read_user_str(out->module, sizeof(out->module), (const void *)name) < 0)
		return true;
	return bpf_map_lookup_elem(&guarded_modules, out->module);
}

static __always_inline int enter_removal(struct pt_regs *ctx, __u64 name, __u64 flags)
{
	const __u64 key = bpf_get_current_pid_tgid();
	const struct rg_removal *known = bpf_map_lookup_elem(&removals, &key);
	struct rg_removal new = { .flags = (__u32)flags, .has_right = right_is_known };
	const bool right = shows_right();

	if ((__u32)(key >> 32) == own_process) {
		own_right = right ? RG_RIGHT_SHOWN : RG_RIGHT_NONE;
		return 0;
	}
	if (right_is_known && !right)
		return 0;
	if (known && answer_removal(ctx, key, known->verdict))
		return 0;
	if (removals_end || !read_module(&new, name))
		return 0;
	new.since_ns = bpf_ktime_get_ns();
	bpf_get_current_comm(new.comm, sizeof(new.comm));
	if (bpf_map_update_elem(&removals, &key, &new, BPF_NOEXIST)) {
		__sync_fetch_and_add(&removals_refused, 1);
		bpf_override_return(ctx, (unsigned long)-EBUSY);
		return 0;
	}
	ever_removed = 1;
	record(RG_REMOVAL, RG_RPROC_UNKNOWN, 0, 0, new.module);
	stop_removal(ctx, key);
	return 0;
}

/*
 * The one argument of the function that a system call is: the registers of the caller. On 32-bit ARM it has
 * the arguments of the call.
 */
SEC("kprobe/sys_delete_module")
int removal_enter(struct pt_regs *ctx)
{
#if defined(__TARGET_ARCH_arm)
	return enter_removal(ctx, PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx));
#else
	const struct pt_regs *user = (const void *)PT_REGS_PARM1(ctx);

#if defined(__TARGET_ARCH_x86)
	return enter_removal(ctx, read_word(&user->di), read_word(&user->si));
#else
	return enter_removal(ctx, read_word(&user->user_regs.regs[0]),
			     read_word(&user->user_regs.regs[1]));
#endif
#endif
}

#if defined(__TARGET_ARCH_x86)
/* By a program of 32 bits. On arm64 such a program makes the call above. */
SEC("kprobe/__ia32_sys_delete_module")
int removal_enter_32(struct pt_regs *ctx)
{
	const struct pt_regs *user = (const void *)PT_REGS_PARM1(ctx);

	return enter_removal(ctx, read_word(&user->bx), read_word(&user->cx));
}
#endif

SEC("kretprobe/sys_delete_module")
int removal_exit(struct pt_regs *ctx)
{
	__u64 key = bpf_get_current_pid_tgid();

	(void)ctx;
	bpf_map_delete_elem(&inside_removal, &key);
	return 0;
}

#endif
