/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the task that makes a call has the right to remove modules: at the call itself, because a task can have
 * other credentials a moment later (by executing a setuid program).
 */
#ifndef RPMSG_GUARD_RIGHT_BPF_H
#define RPMSG_GUARD_RIGHT_BPF_H

#include "cred.h"

#define CAP_SYS_MODULE 16

/* By user space, when it has tried that shows_right() is right: see kernel_side/right.c. */
__u32 right_is_known;
/* enum rg_right: what the last call of the service itself has shown. */
__u32 own_right;

/* A file of BTF that was made for an older guard may lack them. */
static __always_inline bool right_can_be_read(const struct task_struct *task,
					      const struct cred *cred,
					      const struct user_namespace *ns)
{
	return bpf_core_field_exists(task->cred) && bpf_core_field_exists(cred->cap_effective) &&
	       bpf_core_field_exists(cred->user_ns) && bpf_core_field_exists(ns->level);
}

/* As capable() in the kernel: the effective set, and only in the first user namespace. */
static __always_inline bool shows_right(void)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	const struct user_namespace *ns = NULL;
	const struct cred *cred = NULL;
	__u32 capabilities = 0;
	int level = 0;

	if (!right_can_be_read(task, cred, ns))
		return false;
	cred = READ_POINTER(task, cred);
	bpf_probe_read_kernel(&capabilities, sizeof(capabilities),
			      __builtin_preserve_access_index(&cred->cap_effective));
	ns = READ_POINTER(cred, user_ns);
	bpf_probe_read_kernel(&level, sizeof(level), __builtin_preserve_access_index(&ns->level));
	return capabilities & 1U << CAP_SYS_MODULE && !level;
}

#endif
