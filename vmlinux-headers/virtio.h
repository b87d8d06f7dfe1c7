/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mirrors struct virtqueue and struct virtio_device of include/linux/virtio.h, up to the members in
 * use. See device.h for what the layout is used for. The two or three locks before
 * virtio_device.dev make it the one offset that lock debugging, CONFIG_PREEMPT_RT and a kernel
 * without CONFIG_SMP move; src/kernel_side/own_btf.c sets it for the last.
 */
#ifndef RPMSG_GUARD_VMLINUX_VIRTIO_H
#define RPMSG_GUARD_VMLINUX_VIRTIO_H

#include "device.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct virtio_device {
	int index;
	_Bool failed;
	_Bool config_enabled;
	_Bool config_change_pending;
	int config_lock;
	struct device dev;
};

struct virtqueue {
	struct list_head list;
	KERNEL_POINTER(void) callback;
	KERNEL_POINTER(const char) name;
	KERNEL_POINTER(struct virtio_device) vdev;
	unsigned int index;
	unsigned int num_free;
};

#pragma clang attribute pop

#endif
