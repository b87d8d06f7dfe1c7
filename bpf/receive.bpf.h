/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Receivers. rpmsg_remove() waits for no receive callback, and a driver's remove function frees what its
 * callback uses before the endpoint is closed. So from the entry of rpmsg_remove() on that virtio device is cut
 * off: an interrupt of its receive queue does not reach rpmsg_recv_done() any more (vring_interrupt() is
 * skipped), and a receiver that is inside leaves behind its callback, because it cannot put its buffer back
 * (virtqueue_add_inbuf() fails). Whoever is inside a callback is waited for. Nothing is undone: the queue is
 * about to be deleted, and the next boot, also that of a recovery, makes a new one.
 *
 * virtqueue_get_buf(), which hands out the messages, would do in place of both. But every send passes it, too.
 *
 * Nobody writes down who is inside, which would cost something with every message. rpmsg_probe() puts as
 * many buffers on the ring as it takes, and rpmsg_recv_single() puts one back only behind the callback:
 * while a descriptor of the receive queue is free, somebody is inside, until it was turned away as it put its
 * buffer back. There is one receiver at a time, because rpmsg_recv_done() takes no lock. (On a ring of
 * more than 256 descriptors some are always free, and after a message that was too big for its buffer one is:
 * then the wait takes its full time, unless a receiver is turned away.)
 *
 * A kprobe cannot sleep, so the wait has a bound, as in gate.bpf.h: a callback that sleeps, or is kept
 * off its CPU, for longer is not waited for. Also a receiver that came past one of the two functions just before
 * the cut has to get as far as taking its message, which the first rounds are for.
 */
#ifndef RPMSG_GUARD_RECEIVE_BPF_H
#define RPMSG_GUARD_RECEIVE_BPF_H

/* A virtio device that is cut off -> */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RG_VIRTQUEUES_MAX);
	__type(key, __u64);
	__type(value, struct rg_cut);
} cut_devices SEC(".maps");

/* How many there are: all that an interrupt and a message cost as long as it is 0. */
__u32 n_cut;

#define FIRST_ROUNDS 4

#define IRQ_HANDLED 1
#define ESHUTDOWN 108

static __always_inline bool is_inbound(const struct virtqueue *vq)
{
	return BPF_CORE_READ(vq, index) == RECEIVE_INDEX;
}

static __always_inline void undo_cut(const struct virtio_device *vdev)
{
	const __u64 device = (__u64)vdev;

	if (n_cut && !bpf_map_delete_elem(&cut_devices, &device))
		__sync_fetch_and_add(&n_cut, -1);
}

static __always_inline void wait_for_receivers(const struct rg_cut *cut, const struct virtqueue *vq)
{
	for (int i = 0; i < WAIT_ROUNDS; i++) {
		wait_a_round();
		if (*(const volatile __u32 *)&cut->left)
			return;
		if (i >= FIRST_ROUNDS && !BPF_CORE_READ(vq, num_free))
			return;
	}
}

static __always_inline void cut_off(const struct virtio_device *vdev)
{
	const struct virtproc_info *bus = find_bus(vdev);
	const struct rg_cut new = { 0 }, *cut;
	const __u64 device = (__u64)vdev;

	if (bpf_map_update_elem(&cut_devices, &device, &new, BPF_NOEXIST))
		return;
	__sync_fetch_and_add(&n_cut, 1);
	cut = bpf_map_lookup_elem(&cut_devices, &device);
	if (cut && bus)
		wait_for_receivers(cut, (const void *)read_word(&bus->rvq));
}

/* NULL: messages of @vq are received as ever. */
static __always_inline struct rg_cut *cut_of(const struct virtqueue *vq)
{
	const __u64 device = n_cut ? (__u64)device_of(vq) : 0;
	struct rg_cut *cut = device ? bpf_map_lookup_elem(&cut_devices, &device) : NULL;

	/* An entry whose end was missed must not cut off another device at the same address. */
	return cut && is_inbound(vq) && virtqueue_to_rproc(vq) != RG_RPROC_UNKNOWN ? cut : NULL;
}

#endif
