/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Getting senders out that sleep on a full ring. get_a_tx_buf() of virtio_rpmsg_bus asks
 * virtqueue_get_buf() for a buffer that the remote processor has given back; a hung one gives none.
 * While a gate is ejecting, a sender that was woken up is handed a buffer that is still on the ring
 * instead: it leaves the wait, finds no room (-ENOSPC) or queues a last message, and returns. The
 * buffer belongs to the transmit pool either way, and a remote processor that is about to be
 * stopped may find a message in it overwritten.
 *
 * Which buffer: the first of the transmit pool, which the driver writes down before the remote processor hears of
 * the device (rpmsg_probe()), so it is known however early a sender sleeps. It is read when somebody is to be
 * ejected, before anybody is woken, and it is there as long as the virtqueue is.
 *
 * virtqueue_get_buf() is called for every send and every message. So this hook is attached for an
 * ejection only (src/kernel_side/demand.h).
 */
#ifndef RPMSG_GUARD_EJECT_BPF_H
#define RPMSG_GUARD_EJECT_BPF_H

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RG_VIRTQUEUES_MAX);
	__type(key, __u64);
	__type(value, struct rg_outbuf);
} outbufs SEC(".maps");

/* Half of the buffers are for each direction: a kernel with other members than we go by does not pass. */
static __always_inline __u64 transmit_buffers(const struct virtproc_info *bus)
{
	const __u64 sbufs = read_word(&bus->sbufs);
	__u32 num_bufs = 0, buf_size = 0;

	bpf_probe_read_kernel(&num_bufs, sizeof(num_bufs), &bus->num_bufs);
	bpf_probe_read_kernel(&buf_size, sizeof(buf_size), &bus->buf_size);
	if (num_bufs < 2 || !buf_size)
		return 0;
	return sbufs == read_word(&bus->rbufs) + (__u64)(num_bufs / 2) * buf_size ? sbufs : 0;
}

static __always_inline void remember_outbuf(const struct virtio_device *vdev)
{
	const struct virtproc_info *bus = find_bus(vdev);
	struct rg_outbuf outbuf = { .rproc = virtio_device_to_rproc(vdev) };
	__u64 vq;

	if (!bus || outbuf.rproc == RG_RPROC_UNKNOWN)
		return;
	vq = read_word(&bus->svq);
	outbuf.buffer = transmit_buffers(bus);
	if (outbuf.buffer)
		bpf_map_update_elem(&outbufs, &vq, &outbuf, BPF_ANY);
}

/* The buffer that the current task is to leave with, or 0. */
static __always_inline __u64 outbuf_to_leave_with(__u64 vq, __u32 *rproc)
{
	struct rg_outbuf *outbuf = bpf_map_lookup_elem(&outbufs, &vq);
	struct rg_gate *gate = outbuf ? gate_of(outbuf->rproc) : NULL;
	struct rg_record *sender;

	/* An entry whose end was missed must not give its buffer to another virtqueue at the same address. */
	if (!gate || !gate->ejecting || virtqueue_to_rproc((const void *)vq) != outbuf->rproc)
		return 0;
	sender = sender_inside();
	if (!sender)
		return 0;
	sender->ejected = 1;
	*rproc = outbuf->rproc;
	return outbuf->buffer;
}

static __always_inline void forget_outbuf(__u64 vq)
{
	bpf_map_delete_elem(&outbufs, &vq);
}

#endif
