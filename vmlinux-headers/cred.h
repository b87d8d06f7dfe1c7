/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mirrors struct task_struct of include/linux/sched.h, struct cred of include/linux/cred.h and struct
 * user_namespace, as far as bpf/right.bpf.h reads them. Their layout depends on the configuration: without the
 * kernel's BTF the offsets are wrong, and src/kernel_side/right.c finds that out.
 */
#ifndef RPMSG_GUARD_VMLINUX_CRED_H
#define RPMSG_GUARD_VMLINUX_CRED_H

#include "pointer.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/*
 * kernel_cap_t: two words before 6.3, one of 64 bits since then (commit f122a08b197d). Its lowest 32 bits come first in
 * both, because all of our machines are little-endian.
 */
struct kernel_capabilities {
	__u32 first;
};

struct user_namespace {
	int level; /* 0: the first one, which capable() asks about */
};

struct cred {
	struct kernel_capabilities cap_effective;
	KERNEL_POINTER(struct user_namespace) user_ns;
};

struct task_struct {
	KERNEL_POINTER(const struct cred) cred;
};

#pragma clang attribute pop

#endif
