// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which kernel function is hooked, and what happens there. User space switches programs on by level
 * and attaches them to every function of the family that the kernel has. The hooks on delete_module() are in
 * removal.bpf.h.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include "pt_regs.h"

#include <bpf/bpf_core_read.h>

#include "rpmsg-guard/event.h"

#include "shared.h"

/* Set before loading, for the headers as well. */
const volatile __u32 own_process; /* of the service */
/* A signal from here comes after the call: see stop_caller(). */
const volatile bool late_signals;

#include "kernel.bpf.h"
#include "bus.bpf.h"
#include "recorder.bpf.h"
#include "ledger.bpf.h"
#include "records.bpf.h"
#include "gate.bpf.h"
#include "pass.bpf.h"
#include "flight.bpf.h"
#include "park.bpf.h"
#include "receive.bpf.h"
#include "eject.bpf.h"
#include "probing.bpf.h"
#include "send.bpf.h"
#include "poll.bpf.h"
#include "shutdown.bpf.h"
#include "right.bpf.h"
#include "removal.bpf.h"

char LICENSE[] SEC("license") = "GPL";

SEC("kprobe/rpmsg_send")
int send_enter_override(struct pt_regs *ctx)
{
	return enter_override(ctx, true);
}

SEC("kprobe/rpmsg_trysend")
int trysend_enter_override(struct pt_regs *ctx)
{
	return enter_override(ctx, false);
}

SEC("kprobe/rpmsg_send")
int send_enter_observe(struct pt_regs *ctx)
{
	return enter_observe(ctx, true);
}

SEC("kprobe/rpmsg_trysend")
int trysend_enter_observe(struct pt_regs *ctx)
{
	return enter_observe(ctx, false);
}

SEC("kretprobe/rpmsg_send")
int send_exit(struct pt_regs *ctx)
{
	leave_send((__s32)PT_REGS_RC(ctx));
	return 0;
}

SEC("kprobe/rpmsg_poll")
int poll_enter(struct pt_regs *ctx)
{
	return enter_call(ctx, POLL_WRITABLE, POLL_ERROR);
}

SEC("kprobe/rpmsg_set_flow_control")
int flow_control_enter(struct pt_regs *ctx)
{
	return enter_call(ctx, (unsigned long)-(long)refused_errno, (unsigned long)-EINVAL);
}

/* Of both. */
SEC("kretprobe/rpmsg_poll")
int poll_exit(struct pt_regs *ctx)
{
	struct rg_record *r = sender_inside();

	(void)ctx;
	if (r)
		sender_leave(r);
	return 0;
}

SEC("kprobe/rpmsg_dev_probe")
int dev_probe_enter(struct pt_regs *ctx)
{
	(void)ctx;
	probe_begins();
	return 0;
}

SEC("kretprobe/rpmsg_dev_probe")
int dev_probe_exit(struct pt_regs *ctx)
{
	(void)ctx;
	probe_ends();
	return 0;
}

SEC("kprobe/virtio_rpmsg_create_ept")
int create_ept_enter(struct pt_regs *ctx)
{
	(void)ctx;
	__sync_fetch_and_add(&creations_begun, 1);
	__sync_fetch_and_add(&n_creating, 1);
	return 0;
}

SEC("kretprobe/virtio_rpmsg_create_ept")
int create_ept_exit(struct pt_regs *ctx)
{
	const struct rpmsg_endpoint *ept = (const void *)PT_REGS_RC(ctx);
	const struct rg_endpoint *entry = ept ? ledger_enter(ept, true) : NULL;

	/* Behind the entry: until then it is unknown and alive. */
	__sync_fetch_and_add(&n_creating, -1);
	if (entry)
		record(RG_EPT_CREATED, entry->rproc, (__u64)ept, 0, entry->channel);
	return 0;
}

SEC("kprobe/virtio_rpmsg_destroy_ept")
int destroy_ept_enter(struct pt_regs *ctx)
{
	const struct rpmsg_endpoint *ept = (const void *)PT_REGS_PARM1(ctx);
	struct rg_endpoint *entry;

	if (!ept)
		return 0;
	entry = ledger_find((__u64)ept);
	if (!entry)
		entry = ledger_enter(ept, false);
	if (!entry)
		return 0;
	entry->dead = 1;
	begin_generation();
	record(RG_EPT_DESTROYED, entry->rproc, (__u64)ept, 0, entry->channel);
	return 0;
}

SEC("kprobe/rproc_shutdown")
int shutdown_enter_override(struct pt_regs *ctx)
{
	return enter_shutdown(ctx, true, false);
}

SEC("kprobe/rproc_detach")
int detach_enter_override(struct pt_regs *ctx)
{
	return enter_shutdown(ctx, true, true);
}

SEC("kprobe/rproc_shutdown")
int shutdown_enter_observe(struct pt_regs *ctx)
{
	return enter_shutdown(ctx, false, false);
}

/*
 * __rproc_shutdown(rproc, force). In 7.3 rproc_del() forces a shutdown in this way, past rproc_shutdown();
 * who comes through that has been seen there.
 */
SEC("kprobe/__rproc_shutdown")
int forced_shutdown_enter(struct pt_regs *ctx)
{
	/* A bool has one byte; what is above it in the register is nobody's. */
	return PT_REGS_PARM2(ctx) & 0xff ? enter_shutdown(ctx, false, false) : 0;
}

SEC("kretprobe/rproc_shutdown")
int shutdown_exit(struct pt_regs *ctx)
{
	leave_shutdown((__s32)PT_REGS_RC(ctx));
	return 0;
}

static __always_inline void open_gate(__u32 index, struct rg_gate *gate, __u16 why)
{
	gate->closed = 0;
	gate->held = 0;
	gate->deaf = 0;
	gate->released = 0;
	forget_reports(gate);
	gate->teardown_ns = 0;
	record(why, index, 0, 0, NULL);
}

/* Drivers send from their probe functions, so the gate has to be open before the boot goes on. */
SEC("kprobe/rproc_boot")
int boot_enter(struct pt_regs *ctx)
{
	__u32 index = rproc_index((const void *)PT_REGS_PARM1(ctx));
	struct rg_gate *gate = gate_of(index);

	/*
	 * A boot of a remote processor that is up does nothing but count, and one that comes while
	 * a shutdown is under way waits for its lock: neither may open the gate of a stop that has not torn
	 * everything down yet. With two rpmsg devices the channels of the first are alive while the virtqueues of
	 * the second are deleted. Where nothing is freed (a recovery), new_virtqueue_enter() opens the gate.
	 */
	if (!gate || (gate->closed && !(gate->teardown_ns && gate->freed)))
		return 0;
	open_gate(index, gate, RG_BOOT);
	return 0;
}

/*
 * Not every way up goes through rproc_boot(): a recovery stops and starts within one call, and a
 * virtio driver may be bound again to a remote processor that runs. Drivers send from their probe
 * functions there, too, and those come after the virtqueues.
 */
SEC("kprobe/vring_new_virtqueue")
int new_virtqueue_enter(struct pt_regs *ctx)
{
	const struct virtio_device *vdev = (const void *)PT_REGS_PARM4(ctx);
	__u32 index = virtio_device_to_rproc(vdev);
	struct rg_gate *gate = gate_of(index);
	__u32 down;

	forget_delivering();
	if (!gate)
		return 0;
	/* Left over when the last deletion was missed. */
	gate->deaf = 0;
	down = gate->down;
	gate->down = 0;
	if (gate->closed && down)
		open_gate(index, gate, RG_VQ_CREATED);
	return 0;
}

/*
 * Drivers report a crash from their interrupt handlers, so there is no waiting here. The virtqueues
 * stay until the recovery, which user space holds; a crash that the kernel does not act on (the
 * remote processor was stopped already) is for user space to find out.
 */
SEC("kprobe/rproc_report_crash")
int crash_enter(struct pt_regs *ctx)
{
	const struct rproc *rproc = (const void *)PT_REGS_PARM1(ctx);
	__u32 index = rproc_index(rproc);
	struct rg_gate *gate = gate_of(index);

	record(RG_CRASH, index, 0, (__u32)PT_REGS_PARM2(ctx), NULL);
	if (!gate || gate->closed)
		return 0;
	forget_reports(gate);
	gate->teardown_ns = 0;
	gate->closed = 1;
	begin_generation();
	return 0;
}

static __always_inline void mark_teardown(__u32 index, __u16 type, bool freed)
{
	struct rg_gate *gate = gate_of(index);

	if (!gate)
		return;
	gate->down = 1;
	gate->freed = freed;
	if (!gate->teardown_ns)
		gate->teardown_ns = gate->last_teardown_ns = bpf_ktime_get_ns();
	/* Who is inside looks at its end whether it was torn down under it. */
	begin_generation();
	/*
	 * What it was given for has begun: a stop of the next one that boots is held anew. Behind the
	 * other: user space releases, and then looks whether it is torn down.
	 */
	*(volatile __u32 *)&gate->released = 0;
	record(type, index, 0, senders_inside(0), NULL);
}

SEC("kprobe/rpmsg_remove")
int remove_enter(struct pt_regs *ctx)
{
	make_deaf(virtio_device_to_rproc((const void *)PT_REGS_PARM1(ctx)));
	return 0;
}

SEC("kprobe/vring_del_virtqueue")
int del_virtqueue_enter(struct pt_regs *ctx)
{
	const struct virtqueue *vq = (const void *)PT_REGS_PARM1(ctx);
	const __u32 index = virtqueue_to_rproc(vq);

	forget_outbuf((__u64)vq);
	forget_delivering();
	let_hear(vq, gate_of(index));
	wait_at_teardown(index);
	mark_teardown(index, RG_VQ_DELETED, false);
	return 0;
}

/* rproc_vq_interrupt(rproc, number of a virtqueue) */
SEC("kprobe/rproc_vq_interrupt")
int interrupt_enter(struct pt_regs *ctx)
{
	const __u32 index = delivering_index((const void *)PT_REGS_PARM1(ctx));
	struct rg_delivery *d = delivery_begins(index, (__u32)PT_REGS_PARM2(ctx));
	const struct rg_gate *gate = d ? gate_of(index) : NULL;

	if (!gate || !gate->deaf)
		return 0;
	delivery_ends(d);
	/* What a handler returns whose interrupt is not a foreign one: the kernel switches lines off that are. */
	bpf_override_return(ctx, IRQ_HANDLED);
	return 0;
}

SEC("kretprobe/rproc_vq_interrupt")
int interrupt_exit(struct pt_regs *ctx)
{
	__u32 index;
	struct rg_delivery *d = own_delivery(&index);

	(void)ctx;
	if (d)
		delivery_ends(d);
	return 0;
}

SEC("kprobe/virtqueue_add_inbuf")
int add_inbuf_enter(struct pt_regs *ctx)
{
	const struct virtqueue *vq = (const void *)PT_REGS_PARM1(ctx);
	__u32 index;
	struct rg_delivery *d = own_delivery(&index);
	const struct rg_gate *gate = d ? gate_of(index) : NULL;

	if (d)
		d->moves++;
	/* An interrupt of another virtio device may be on top of the delivery. */
	if (gate && gate->deaf && is_inbound(vq) && virtqueue_to_rproc(vq) == index)
		bpf_override_return(ctx, (unsigned long)-ESHUTDOWN);
	return 0;
}

/* Only where user space attaches it, for an ejection. */
SEC("kprobe/virtqueue_get_buf")
int get_buf_enter(struct pt_regs *ctx)
{
	__u32 rproc = RG_RPROC_UNKNOWN;
	const __u64 buffer = outbuf_to_leave_with(PT_REGS_PARM1(ctx), &rproc);

	if (!buffer)
		return 0;
	record(RG_EJECTED, rproc, PT_REGS_PARM1(ctx), 0, NULL);
	bpf_override_return(ctx, buffer);
	return 0;
}

/* User space reads "status" of a virtio device to have this called with its struct. */
SEC("kprobe/rproc_virtio_get_status")
int get_status_enter(struct pt_regs *ctx)
{
	if ((__u32)(bpf_get_current_pid_tgid() >> 32) == own_process)
		remember_outbuf((const void *)PT_REGS_PARM1(ctx));
	return 0;
}

SEC("kprobe/rproc_resource_cleanup")
int resource_cleanup_enter(struct pt_regs *ctx)
{
	mark_teardown(rproc_index((const void *)PT_REGS_PARM1(ctx)), RG_RESOURCES_FREED, true);
	return 0;
}

/*
 * Only where user space attaches it, for one read of that file: how a kernel whose signals are late sends them
 * from here. Since commit 87c544108b61 (6.14 and later 5.15 to 6.12) by a thread, for which this CPU has one
 * work item: the second signal finds it busy. Before, at once, with a lock that sleeps. Signal 0 takes no
 * lock and tells nobody anything.
 */
SEC("kprobe/uevent_seqnum_show")
int try_signal(struct pt_regs *ctx)
{
	(void)ctx;
	if ((__u32)(bpf_get_current_pid_tgid() >> 32) != own_process)
		return 0;
	bpf_send_signal(0);
	signals_wait = bpf_send_signal(0) == -EBUSY;
	return 0;
}

/* The answer of the next one: by the layout that we go by, and whether there was one. */
__u32 device_belongs_to;
__u32 device_told;

/* Only where user space attaches it, for one read of "status" of a virtio device: see kernel_side/layout.c. */
SEC("kprobe/rproc_virtio_get_status")
int tell_device(struct pt_regs *ctx)
{
	if ((__u32)(bpf_get_current_pid_tgid() >> 32) != own_process)
		return 0;
	device_belongs_to = virtio_device_to_rproc((const void *)PT_REGS_PARM1(ctx));
	device_told = 1;
	return 0;
}
