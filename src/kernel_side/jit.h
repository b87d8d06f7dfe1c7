/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's compiler for BPF programs, where it lacks what ours need.
 */
#ifndef RPMSG_GUARD_KERNEL_SIDE_JIT_H
#define RPMSG_GUARD_KERNEL_SIDE_JIT_H

#define JIT_REASON                                                                                 \
	"the BPF compiler of this 32-bit ARM kernel has no atomic operations, and the kernel "     \
	"has no BPF interpreter"
#define JIT_REMEDY "build the kernel without CONFIG_BPF_JIT_ALWAYS_ON"

enum jit {
	JIT_AS_IT_WAS, /* off anyway, or it has all that is needed */
	JIT_OFF,       /* switched off: jit_restore() */
	JIT_ALWAYS,    /* cannot be switched off */
};

enum jit jit_switch_off(void);
void jit_restore(enum jit jit);

#endif
