/* SPDX-License-Identifier: GPL-2.0-only */
/* The device side of a split virtqueue. */
#ifndef SIM_RPROC_RING_H
#define SIM_RPROC_RING_H

#include <linux/types.h>
#include <linux/virtio_ring.h>

struct sim_ring {
	struct vring vring;
	u16 next; /* position in the available ring */
};

struct sim_buffer {
	void *data;
	u32 len;
	u16 head;
};

void sim_ring_init(struct sim_ring *ring, unsigned int num, void *va, unsigned long align);
bool sim_ring_ready(const struct sim_ring *ring);
bool sim_ring_take(struct sim_ring *ring, struct sim_buffer *buf);
void sim_ring_give(struct sim_ring *ring, const struct sim_buffer *buf, u32 len);
void sim_ring_want_kicks(struct sim_ring *ring, bool wanted);
bool sim_ring_wants_interrupt(const struct sim_ring *ring);

#endif
