/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mirrors struct rpmsg_device and struct rpmsg_endpoint of include/linux/rpmsg.h, up to the members
 * in use. See device.h for what the layout is used for.
 */
#ifndef RPMSG_GUARD_VMLINUX_RPMSG_H
#define RPMSG_GUARD_VMLINUX_RPMSG_H

#include "device.h"

struct rpmsg_device {
	struct device dev;
};

struct rpmsg_endpoint {
	KERNEL_POINTER(struct rpmsg_device) rpdev;
};

#endif
