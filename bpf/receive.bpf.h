/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deliveries. A driver of a remote processor delivers its interrupts with rproc_vq_interrupt(), which looks a virtqueue
 * up and runs its callback: rpmsg_recv_done(), which runs the callback of an endpoint for each message. Nothing in the
 * kernel waits for a delivery: neither the removal of the channels, which frees what their callbacks use, nor the
 * deletion of the virtqueues. Some drivers deliver from a workqueue (imx_rproc, stm32_rproc), where a delivery may sleep,
 * or be kept off its CPU, at any place.
 *
 * So a remote processor is made deaf before its teardown: a delivery that begins then is turned away at its entry.
 * virtqueue_add_inbuf() fails for a delivery that is inside, so that it ends behind the message that it is at. User
 * space makes a remote processor deaf as the last step of a hold, and waits for the deliveries inside, whatever they do
 * (hold/receivers.c). A teardown that nobody holds makes it deaf at the entry of rpmsg_remove(), and waits for a bounded
 * time, as in gate.bpf.h.
 *
 * Ordering: as for senders (gate.bpf.h). A delivery first says that it is inside, then looks whether it is turned away.
 *
 * A message that a delivery was turned away for stays on its ring. If the teardown does not come after all, the next
 * interrupt delivers it.
 *
 * The kernel does not deliver one virtqueue's interrupts twice at a time: rpmsg_recv_done() takes no lock. So there is
 * one word for each number of a virtqueue.
 */
#ifndef RPMSG_GUARD_RECEIVE_BPF_H
#define RPMSG_GUARD_RECEIVE_BPF_H

struct rg_delivery deliveries[RG_DELIVERIES];

/*
 * Which of them a task has begun last: an exit is not told what the entry was told. Two tasks that share an entry lose
 * an end; hold/receivers.c finds that out.
 */
#define DELIVERERS 256
__u8 delivery_of[DELIVERERS];

/*
 * The remote processors by their numbers, as far as they have delivered since a virtqueue of theirs was made: reading
 * a number out of a name costs more than all the rest.
 */
__u64 delivering[RG_GATES];

#define IRQ_HANDLED 1
#define ESHUTDOWN 108

static __always_inline void forget_delivering(void)
{
	for (int i = 0; i < RG_GATES; i++)
		delivering[i] = 0;
}

static __always_inline __u32 delivering_index(const struct rproc *rproc)
{
	__u32 index;

	for (int i = 0; i < RG_GATES; i++)
		if (delivering[i] == (__u64)rproc)
			return i;
	index = rproc_index(rproc);
	if (index < RG_GATES)
		delivering[index] = (__u64)rproc;
	return index;
}

/* NULL where there is no gate. */
static __always_inline struct rg_delivery *delivery_begins(__u32 index, __u32 queue)
{
	const __u32 n = index * RG_QUEUES + (queue & (RG_QUEUES - 1));
	const __u64 key = sender_key();
	struct rg_delivery *d;

	if (index >= RG_GATES || n >= RG_DELIVERIES)
		return NULL;
	d = &deliveries[n];
	delivery_of[key & (DELIVERERS - 1)] = n;
	d->key = key;
	/* Nothing below may be looked at before, see gate.bpf.h. */
	*(volatile __u32 *)&d->inside = 1;
	return d;
}

/* That the current task is inside, or NULL. */
static __always_inline struct rg_delivery *own_delivery(__u32 *index)
{
	const __u64 key = sender_key();
	const __u32 n = delivery_of[key & (DELIVERERS - 1)];
	struct rg_delivery *d;

	if (n >= RG_DELIVERIES)
		return NULL;
	d = &deliveries[n];
	*index = n / RG_QUEUES;
	return d->key == key && d->inside ? d : NULL;
}

static __always_inline bool deliveries_inside(__u32 index)
{
	const __u32 first = index * RG_QUEUES;
	bool inside = false;

	for (__u32 i = 0; i < RG_QUEUES; i++)
		if (first + i < RG_DELIVERIES)
			inside |= *(volatile __u32 *)&deliveries[first + i].inside;
	return inside;
}

/* Returns whether it was not deaf before. */
static __always_inline bool make_deaf(__u32 index)
{
	struct rg_gate *gate = gate_of(index);

	if (!gate || gate->deaf)
		return false;
	*(volatile __u32 *)&gate->deaf = 1;
	return true;
}

/*
 * A virtqueue of a remote processor is deleted whose gate is open: nobody will open it, and another virtio device
 * may go on.
 */
static __always_inline void undeafen_unheld(__u32 index)
{
	struct rg_gate *gate = gate_of(index);

	if (gate && !gate->closed)
		gate->deaf = 0;
}

static __always_inline bool is_inbound(const struct virtqueue *vq)
{
	return BPF_CORE_READ(vq, index) == RECEIVE_INDEX;
}

static __always_inline void wait_for_deliveries(__u32 index)
{
	for (int i = 0; i < WAIT_ROUNDS; i++) {
		wait_a_round();
		if (!deliveries_inside(index))
			break;
	}
	/* One may have ended before its last store is out. */
	wait_a_round();
}

#endif
