/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mirrors struct rproc of include/linux/remoteproc.h, up to its device. See device.h for what the
 * layout is used for.
 */
#ifndef RPMSG_GUARD_VMLINUX_REMOTEPROC_H
#define RPMSG_GUARD_VMLINUX_REMOTEPROC_H

#include "device.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct rproc {
	struct list_head node;
	KERNEL_POINTER(void) domain;
	KERNEL_POINTER(const char) name;
	KERNEL_POINTER(const char) firmware;
	KERNEL_POINTER(void) priv;
	KERNEL_POINTER(void) ops;
	struct device dev;
};

#pragma clang attribute pop

#endif
