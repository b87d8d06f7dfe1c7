/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deliveries. A driver of a remote processor delivers its interrupts with rproc_vq_interrupt(), which looks a virtqueue
 * up and runs its callback: rpmsg_recv_done(), which runs the callback of an endpoint for each message. Nothing in the
 * kernel waits for a delivery: neither the removal of the channels, which frees what their callbacks use, nor the
 * deletion of the virtqueues. imx_rproc, for example, delivers from a workqueue, where a delivery may sleep, or be kept
 * off its CPU, at any place.
 *
 * So from the entry of rpmsg_remove() until its virtqueues are deleted a remote processor is deaf: a delivery that
 * begins is turned away at its entry, and one that is inside ends behind the message that it is at, because
 * virtqueue_add_inbuf() fails. Not earlier: an interrupt that is turned away is lost, and a remote processor that lives
 * on may send no other. (If one of two virtio devices of a remote processor is unbound, the other one can lose an
 * interrupt in these milliseconds.)
 *
 * The entry of rpmsg_remove() waits for the deliveries inside. A kprobe cannot sleep, so this wait has a bound, as in
 * gate.bpf.h. Deliveries that take longer than that are waited for before, in a hold (hold/receivers.c). What is left is
 * a delivery that begins between the two, and is kept off its CPU, outside the callback of an endpoint, for longer than
 * all of the teardown up to the deletion.
 *
 * The kernel does not deliver one virtqueue's interrupts twice at a time: rpmsg_recv_done() takes no lock. So there is
 * one entry for each number of a virtqueue.
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

static __always_inline __u8 *delivery_of_current(__u64 key)
{
	return &delivery_of[key & (DELIVERERS - 1)];
}

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

	/* The second is for the verifier, which does not conclude it from the first. */
	if (index >= RG_GATES || n >= RG_DELIVERIES)
		return NULL;
	d = &deliveries[n];
	/* An interrupt may be on top of a delivery of the task. */
	d->outer = *delivery_of_current(key);
	*delivery_of_current(key) = n;
	d->key = key;
	d->moves++;
	/* Nothing below may be looked at before, see gate.bpf.h. */
	*(volatile __u8 *)&d->inside = 1;
	return d;
}

static __always_inline void delivery_ends(struct rg_delivery *d)
{
	*delivery_of_current(d->key) = d->outer;
	*(volatile __u8 *)&d->inside = 0;
}

/* The one that the current task is inside, or NULL. */
static __always_inline struct rg_delivery *own_delivery(__u32 *index)
{
	const __u64 key = sender_key();
	const __u32 n = *delivery_of_current(key);
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
			inside |= *(volatile __u8 *)&deliveries[first + i].inside;
	return inside;
}

static __always_inline bool is_inbound(const struct virtqueue *vq)
{
	return BPF_CORE_READ(vq, index) == RECEIVE_INDEX;
}

static __always_inline void make_deaf(__u32 index)
{
	struct rg_gate *gate = gate_of(index);

	if (!gate)
		return;
	*(volatile __u32 *)&gate->deaf = 1;
	for (int i = 0; i < WAIT_ROUNDS; i++) {
		/* At least once: a delivery may not have said yet that it is inside. */
		wait_a_round();
		if (!deliveries_inside(index))
			break;
	}
	/* One may have ended before its last store is out. */
	wait_a_round();
}

/*
 * The transmit queue is deleted last, and behind this nothing finds any of the two (rvring->vq is NULL). Another virtio
 * device of the remote processor may go on.
 */
static __always_inline void let_hear(const struct virtqueue *vq, struct rg_gate *gate)
{
	if (gate && !is_inbound(vq))
		gate->deaf = 0;
}

#endif
