/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mirrors struct rpmsg_device and struct rpmsg_endpoint of include/linux/rpmsg.h, and struct virtproc_info of
 * drivers/rpmsg/virtio_rpmsg_bus.c, up to the members in use. See device.h for what the layout is used for.
 */
#ifndef RPMSG_GUARD_VMLINUX_RPMSG_H
#define RPMSG_GUARD_VMLINUX_RPMSG_H

#include "device.h"

struct virtio_device;
struct virtqueue;

struct rpmsg_device {
	struct device dev;
};

struct rpmsg_endpoint {
	KERNEL_POINTER(struct rpmsg_device) rpdev;
};

/* Without a relocation, because it may be in the BTF of a module: see bpf/bus.bpf.h for what makes it sure. */
struct virtproc_info {
	KERNEL_POINTER(struct virtio_device) vdev;
	KERNEL_POINTER(struct virtqueue) rvq;
	KERNEL_POINTER(struct virtqueue) svq;
	KERNEL_POINTER(void) rbufs;
	KERNEL_POINTER(void) sbufs;
	unsigned int num_bufs;
	unsigned int buf_size;
};

#endif
