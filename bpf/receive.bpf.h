/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Receivers. rpmsg_remove() waits for no receive callback, and a driver's remove function frees what its
 * callback uses before the endpoint is closed. So from the entry of rpmsg_remove() on
 * virtqueue_get_buf() finds no message any more in the receive queue of that virtio device, and whoever
 * is inside a callback is waited for. Nothing is undone: the queue is about to be deleted, and the next
 * boot, also that of a recovery, makes a new one.
 *
 * Nobody writes down who is inside, which would cost something with every message. rpmsg_probe() puts as
 * many buffers on the ring as it takes, and rpmsg_recv_single() puts one back only behind the callback:
 * while a descriptor of the receive queue is free, somebody is inside. (On a ring of more than 256
 * descriptors some are always free, and after a message that was too big for its buffer one is: then the
 * wait takes its full time.)
 *
 * A kprobe cannot sleep, so the wait has a bound, as in gate.bpf.h: a callback that sleeps, or is kept
 * off its CPU, for longer is not waited for. Also a receiver that has just been told that there may be
 * a message has to get as far as taking it, which the first rounds are for.
 */
#ifndef RPMSG_GUARD_RECEIVE_BPF_H
#define RPMSG_GUARD_RECEIVE_BPF_H

/* The virtio device of an rpmsg bus -> */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RG_VIRTQUEUES_MAX);
	__type(key, __u64);
	__type(value, struct rg_inbound);
} inbound SEC(".maps");

/* Virtio devices that are cut off: all that virtqueue_get_buf() costs as long as it is 0. */
__u32 n_cut;

#define RECEIVE_INDEX 0
#define FIRST_ROUNDS 4

static __always_inline __u64 device_of(const struct virtqueue *vq)
{
	return (__u64)READ_POINTER(vq, vdev);
}

static __always_inline bool is_inbound(const struct virtqueue *vq)
{
	return BPF_CORE_READ(vq, index) == RECEIVE_INDEX;
}

/* The virtqueues of a device are in one list, in the order of their indices. */
static __always_inline void remember_inbound(const struct virtqueue *transmit)
{
	const struct virtqueue *vq = READ_POINTER(transmit, list.prev);
	const __u64 device = device_of(transmit);
	struct rg_inbound entry = { .queue = (__u64)vq };

	if (device_of(vq) == device && is_inbound(vq))
		bpf_map_update_elem(&inbound, &device, &entry, BPF_NOEXIST);
}

static __always_inline void forget_inbound(__u64 device)
{
	const struct rg_inbound *entry = bpf_map_lookup_elem(&inbound, &device);
	const bool cut = entry && entry->cut;

	if (entry && !bpf_map_delete_elem(&inbound, &device) && cut)
		__sync_fetch_and_add(&n_cut, -1);
}

static __always_inline void wait_for_receivers(const struct virtqueue *vq)
{
	for (int i = 0; i < WAIT_ROUNDS; i++) {
		wait_a_round();
		if (i >= FIRST_ROUNDS && !BPF_CORE_READ(vq, num_free))
			return;
	}
}

static __always_inline void cut_off(__u64 device)
{
	const struct rg_inbound *known = bpf_map_lookup_elem(&inbound, &device);
	struct rg_inbound entry = { .queue = known ? known->queue : 0, .cut = 1 };

	if (known && known->cut)
		return;
	if (bpf_map_update_elem(&inbound, &device, &entry, BPF_ANY))
		return;
	__sync_fetch_and_add(&n_cut, 1);
	/* Unknown when nobody has sent since the service began. */
	if (entry.queue)
		wait_for_receivers((const void *)entry.queue);
}

static __always_inline bool is_cut_off(const struct virtqueue *vq)
{
	const __u64 device = device_of(vq);
	const struct rg_inbound *entry = bpf_map_lookup_elem(&inbound, &device);

	/* An entry whose end was missed must not cut off another device at the same address. */
	return entry && entry->cut && is_inbound(vq) && virtqueue_to_rproc(vq) != RG_RPROC_UNKNOWN;
}

#endif
