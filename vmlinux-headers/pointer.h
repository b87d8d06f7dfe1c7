/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The width of the kernel's pointers and words. Those of BPF have 64 bits everywhere, those of a 32-bit kernel
 * have 32: this is the one place that knows it. There a member that is a pointer is declared as the word
 * that it is, and only the own BTF can be relocated to: see src/kernel_side/own_btf.c.
 */
#ifndef RPMSG_GUARD_VMLINUX_POINTER_H
#define RPMSG_GUARD_VMLINUX_POINTER_H

#if defined(__TARGET_ARCH_arm)
typedef __u32 kernel_word;
#define KERNEL_POINTER(type) kernel_word
#else
typedef unsigned long kernel_word;
#define KERNEL_POINTER(type) type *
#endif

/* Structs with a u64 in them, as struct device is one, begin at a multiple of 8 there, too. */
#define HAS_U64 __attribute__((aligned(8)))

#endif
