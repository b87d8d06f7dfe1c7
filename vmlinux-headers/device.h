/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The driver model, as far as the guard walks it. Mirrors include/linux/kobject.h and
 * include/linux/device.h.
 *
 * These types serve twice. On a kernel with BTF only the member names count: libbpf relocates every
 * access. On a kernel without BTF libbpf is given the object's own BTF instead, and then the offsets
 * are the ones written here. That is sound because each struct is written out up to its last member
 * in use, and nothing before that depends on the version (5.10 to 6.12 compared) or on the
 * configuration, lock debugging, CONFIG_PREEMPT_RT and CONFIG_DEBUG_KOBJECT_RELEASE apart. What is read is
 * checked: a walk that does not arrive at a device called "remoteprocN" counts as unknown, and
 * src/kernel_side/layout.c tries such a walk.
 */
#ifndef RPMSG_GUARD_VMLINUX_DEVICE_H
#define RPMSG_GUARD_VMLINUX_DEVICE_H

#include "pointer.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	KERNEL_POINTER(struct list_head) next;
	KERNEL_POINTER(struct list_head) prev;
};

struct kobject {
	KERNEL_POINTER(const char) name;
	struct list_head entry;
	KERNEL_POINTER(struct kobject) parent;
	KERNEL_POINTER(void) kset;
	KERNEL_POINTER(void) ktype;
	KERNEL_POINTER(void) sd;
	int kref;
	unsigned int state; /* bit fields */
};

struct device {
	struct kobject kobj;
	KERNEL_POINTER(struct device) parent;
} HAS_U64;

#pragma clang attribute pop

#endif
