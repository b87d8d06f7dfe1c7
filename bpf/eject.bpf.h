/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Getting senders out that sleep on a full ring. get_a_tx_buf() of virtio_rpmsg_bus asks
 * virtqueue_get_buf() for a buffer that the remote processor has given back; a hung one gives none.
 * While a gate is ejecting, a sender that was woken up is handed a buffer that is still on the ring
 * instead: it leaves the wait, finds no room (-ENOSPC) or queues a last message, and returns. The
 * buffer belongs to the transmit pool either way, and a remote processor that is about to be
 * stopped may find a message in it overwritten.
 *
 * Which buffers there are is nowhere to be read in a layout that is the same on all kernels, so one
 * is remembered when it is queued: the first of each virtqueue is as good as any.
 */
#ifndef RPMSG_GUARD_EJECT_BPF_H
#define RPMSG_GUARD_EJECT_BPF_H

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RG_VIRTQUEUES_MAX);
	__type(key, __u64);
	__type(value, struct rg_outbuf);
} outbufs SEC(".maps");

/* Gates that are ejecting: all that virtqueue_get_buf() costs as long as it is 0. */
__u32 n_ejecting;

/*
 * @queue may be anybody's: on top of a sender an interrupt may come whose handler fills the ring of a
 * network card. A buffer of that one handed out again would be freed twice.
 */
static __always_inline void remember_outbuf(const struct virtqueue *queue, __u64 buffer)
{
	struct rg_outbuf outbuf = { .buffer = buffer };
	const struct rg_record *sender;
	__u64 vq = (__u64)queue;

	if (bpf_map_lookup_elem(&outbufs, &vq))
		return;
	sender = sender_inside();
	if (!sender || sender->rproc == RG_RPROC_UNKNOWN ||
	    virtqueue_to_rproc(queue) != sender->rproc)
		return;
	outbuf.rproc = sender->rproc;
	bpf_map_update_elem(&outbufs, &vq, &outbuf, BPF_NOEXIST);
	remember_inbound(queue);
}

/* The buffer that the current task is to leave with, or 0. */
static __always_inline __u64 outbuf_to_leave_with(__u64 vq, __u32 *rproc)
{
	struct rg_outbuf *outbuf = bpf_map_lookup_elem(&outbufs, &vq);
	struct rg_gate *gate = outbuf ? gate_of(outbuf->rproc) : NULL;
	struct rg_record *sender;

	if (!gate || !gate->ejecting)
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
