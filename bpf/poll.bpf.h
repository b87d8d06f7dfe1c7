/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens at the entry of rpmsg_poll() and rpmsg_set_flow_control(): whether a call of a program on
 * /dev/rpmsgN that is no send gets to the transport.
 *
 * Since 7.0 virtio_rpmsg_poll() puts him on a queue inside what a stop frees. And rpmsg_poll() reads the
 * endpoint, which before 6.2 may be freed. So behind a closed gate, and on a dead endpoint, the function
 * does not run. A poll that is inside has the record of a sender, and is drained as one is: behind that no
 * new wait can be on the queue. The old ones are for user space (src/hold/pollers.c).
 *
 * Behind a closed gate the answer is "can be written to", since a write returns at once: it is refused.
 *
 * rpmsg_set_flow_control() (6.6) is called by an ioctl of rpmsg_char, without the lock of the endpoint: with an
 * endpoint that is being destroyed, and with NULL on a descriptor that outlives the stop, of which the kernel
 * warns (seen on 7.3). It is refused as a send is, or fails as the kernel's own call does with NULL.
 */
#ifndef RPMSG_GUARD_POLL_BPF_H
#define RPMSG_GUARD_POLL_BPF_H

/* include/uapi/linux/eventpoll.h; what rpmsg_eptdev_poll() itself says without an endpoint is the second. */
#define POLL_WRITABLE 0x4
#define POLL_ERROR 0x8

static __always_inline enum verdict examine_call(struct rg_record *r, __u64 ept)
{
	const struct rg_endpoint *entry = ept ? ledger_find(ept) : NULL;

	belongs_to(r, entry);
	if (ept && !entry && !ledger_says_dead(entry))
		entry = ledger_enter((const void *)ept, false);
	if (!ept || ledger_says_dead(entry))
		return SEND_DEAD;
	return closed_gate(belongs_to(r, entry)) ? SEND_REFUSE : SEND_PASS;
}

/* @refused, @dead: what a call returns that does not run. */
static __always_inline int enter_call(struct pt_regs *ctx, unsigned long refused,
				      unsigned long dead)
{
	const __u64 ept = PT_REGS_PARM1(ctx);
	struct rg_record *r;
	enum verdict verdict;

	/* Before anything is looked at, as in enter_override(). */
	r = sender_enter(ept, PT_REGS_IP(ctx), true);
	if (!r) {
		bpf_override_return(ctx, refused);
		return 0;
	}
	verdict = examine_call(r, ept);
	if (verdict == SEND_PASS)
		return 0;
	sender_leave(r);
	bpf_override_return(ctx, verdict == SEND_DEAD ? dead : refused);
	return 0;
}

#endif
