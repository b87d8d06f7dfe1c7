// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device side of a split virtqueue, without VIRTIO_F_VERSION_1: fields are in the host's own
 * byte order, which the simulated remote processor shares.
 */
#include <linux/io.h>
#include <linux/virtio.h>

#include "ring.h"

void sim_ring_init(struct sim_ring *ring, unsigned int num, void *va, unsigned long align)
{
	vring_init(&ring->vring, num, va, align);
	ring->next = 0;
}

bool sim_ring_ready(const struct sim_ring *ring)
{
	return ring->next != (__force u16)READ_ONCE(ring->vring.avail->idx);
}

bool sim_ring_take(struct sim_ring *ring, struct sim_buffer *buf)
{
	const struct vring *vr = &ring->vring;
	const struct vring_desc *desc;

	if (!sim_ring_ready(ring))
		return false;
	virt_rmb();
	buf->head = (__force u16)vr->avail->ring[ring->next++ % vr->num];
	desc = &vr->desc[buf->head % vr->num];
	/*
	 * The host may have mapped its buffers uncached. Software emulation has no caches that
	 * could disagree with the linear mapping.
	 */
	buf->data = phys_to_virt((__force u64)desc->addr);
	buf->len = (__force u32)desc->len;
	return true;
}

void sim_ring_give(struct sim_ring *ring, const struct sim_buffer *buf, u32 len)
{
	const struct vring *vr = &ring->vring;
	u16 idx = (__force u16)vr->used->idx;
	vring_used_elem_t *elem = &vr->used->ring[idx % vr->num];

	elem->id = (__force __virtio32)(u32)buf->head;
	elem->len = (__force __virtio32)len;
	virt_wmb();
	WRITE_ONCE(vr->used->idx, (__force __virtio16)(u16)(idx + 1));
}

void sim_ring_want_kicks(struct sim_ring *ring, bool wanted)
{
	const u16 flags = wanted ? 0 : VRING_USED_F_NO_NOTIFY;

	WRITE_ONCE(ring->vring.used->flags, (__force __virtio16)flags);
	/* The flag is seen before the available index is looked at: a kick may be missing just before. */
	virt_mb();
}

bool sim_ring_wants_interrupt(const struct sim_ring *ring)
{
	/* The host publishes its flag before it looks at the used index: the reverse order here. */
	virt_mb();
	return !((__force u16)READ_ONCE(ring->vring.avail->flags) & VRING_AVAIL_F_NO_INTERRUPT);
}
