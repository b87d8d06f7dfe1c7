/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens at the entry of rpmsg_poll(): whether somebody who polls /dev/rpmsgN gets to the transport.
 *
 * Since 7.0 virtio_rpmsg_poll() puts him on a queue inside what a stop frees. And rpmsg_poll() reads the
 * endpoint, which before 6.2 may be freed. So behind a closed gate, and on a dead endpoint, the function
 * does not run. A poll that is inside has the record of a sender, and is drained as one is: behind that no
 * new wait can be on the queue. The old ones are for user space (src/hold/pollers.c).
 *
 * Behind a closed gate the answer is "can be written to", since a write returns at once: it is refused.
 */
#ifndef RPMSG_GUARD_POLL_BPF_H
#define RPMSG_GUARD_POLL_BPF_H

/* include/uapi/linux/eventpoll.h; what rpmsg_eptdev_poll() itself says without an endpoint is the second. */
#define POLL_WRITABLE 0x4
#define POLL_ERROR 0x8

/* What to answer, or 0 for a poll that may go on. */
static __always_inline __u32 examine_poll(struct rg_record *r, __u64 ept)
{
	const struct rg_endpoint *entry = ept ? ledger_find(ept) : NULL;

	belongs_to(r, entry);
	if (ept && !entry && !ledger_says_dead(entry))
		entry = ledger_enter((const void *)ept, false);
	if (!ept || ledger_says_dead(entry))
		return POLL_ERROR;
	return closed_gate(belongs_to(r, entry)) ? POLL_WRITABLE : 0;
}

static __always_inline int enter_poll(struct pt_regs *ctx)
{
	const __u64 ept = PT_REGS_PARM1(ctx);
	struct rg_record *r;
	__u32 answer;

	/* Before anything is looked at, as in enter_override(). */
	r = sender_enter(ept, PT_REGS_IP(ctx), true);
	if (!r) {
		bpf_override_return(ctx, POLL_WRITABLE);
		return 0;
	}
	answer = examine_poll(r, ept);
	if (!answer)
		return 0;
	sender_leave(r);
	bpf_override_return(ctx, answer);
	return 0;
}

#endif
