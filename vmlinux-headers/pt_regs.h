/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers at a kprobe. Mirrors struct pt_regs of arch/x86/include/asm/ptrace.h and
 * arch/arm/include/asm/ptrace.h, and struct user_pt_regs of arch/arm64/include/uapi/asm/ptrace.h. These are
 * fixed layouts that need no relocation.
 */
#ifndef RPMSG_GUARD_PT_REGS_H
#define RPMSG_GUARD_PT_REGS_H

/* Tells libbpf's bpf_tracing.h to use the kernel's member names. */
#define __VMLINUX_H__

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx;
	unsigned long r11, r10, r9, r8, ax, cx, dx, si, di;
	unsigned long orig_ax, ip, cs, flags, sp, ss;
};
#elif defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	__u64 regs[31];
	__u64 sp, pc, pstate;
};

struct pt_regs {
	struct user_pt_regs user_regs;
};
#elif defined(__TARGET_ARCH_arm)
struct pt_regs {
	__u32 uregs[18];
};
#else
#error "no register layout for this architecture"
#endif

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#if defined(__TARGET_ARCH_arm)
/* Wide enough for a cast to one of BPF's own pointers. libbpf 1.1 takes r12 for the program counter. */
#undef PT_REGS_PARM1
#undef PT_REGS_PARM2
#undef PT_REGS_PARM4
#undef PT_REGS_RET
#undef PT_REGS_RC
#undef PT_REGS_IP
#define PT_REGS_PARM1(ctx) ((__u64)(ctx)->uregs[0])
#define PT_REGS_PARM2(ctx) ((__u64)(ctx)->uregs[1])
#define PT_REGS_PARM4(ctx) ((__u64)(ctx)->uregs[3])
#define PT_REGS_RET(ctx) ((__u64)(ctx)->uregs[14])
#define PT_REGS_RC(ctx) ((__u64)(ctx)->uregs[0])
#define PT_REGS_IP(ctx) ((__u64)(ctx)->uregs[15])
#endif

#endif
