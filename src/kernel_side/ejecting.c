// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ejecting who sleeps behind a gate (bpf/eject.bpf.h): what has to be there before the first sender is woken.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel_side/demand.h"
#include "kernel_side/private.h"
#include "log/log.h"
#include "system/drivers.h"
#include "system/files.h"

/* A program is skipped where somebody was preempted within a bpf() call (5.11 and later). */
#define TRIES 20
#define PAUSE_MS 10

bool ejecting_possible(const struct kside *g, int index)
{
	return hooks_can_eject(g->hooks) && kside_gate_of(g, index);
}

static bool buffer_is_known(const struct kside *g, int index)
{
	struct rg_outbuf outbufs[RG_VIRTQUEUES_MAX];
	uint64_t keys[RG_VIRTQUEUES_MAX];
	uint32_t cursor = 0, count = RG_VIRTQUEUES_MAX;
	const int err = map_read(g->skel->maps.outbufs, &cursor, true, keys, outbufs, &count);

	for (uint32_t i = 0; i < count && (!err || err == -ENOENT); i++)
		if (outbufs[i].rproc == (uint32_t)index)
			return true;
	return false;
}

/* To read "status" of a virtio device in sysfs calls rproc_virtio_get_status(), whose hook looks at the device. */
static bool learn_buffer(const struct kside *g, const struct remoteproc *rp)
{
	for (int i = 0; i < TRIES; i++) {
		if (i)
			pause_ms(PAUSE_MS);
		virtio_statuses_read(rp);
		if (buffer_is_known(g, rp->index))
			return true;
	}
	return false;
}

int ejecting_begin(struct kside *g, const struct remoteproc *rp, char *reason, size_t len)
{
	int err = demand_begin(hooks_eject(g->hooks));

	if (err) {
		snprintf(reason, len, "no kprobe on virtqueue_get_buf: %s", strerror(-err));
		return err;
	}
	if (!learn_buffer(g, rp)) {
		demand_end(hooks_eject(g->hooks));
		snprintf(reason, len,
			 "the guard did not find the send buffers of virtio_rpmsg_bus");
		return -ENOENT;
	}
	/* Counted: an ejection that is late to end must not end the next one. */
	__atomic_fetch_add(&kside_gate_of(g, rp->index)->ejecting, 1, __ATOMIC_SEQ_CST);
	return 0;
}

void ejecting_end(struct kside *g, int index)
{
	__atomic_fetch_sub(&kside_gate_of(g, index)->ejecting, 1, __ATOMIC_SEQ_CST);
	demand_end(hooks_eject(g->hooks));
}
