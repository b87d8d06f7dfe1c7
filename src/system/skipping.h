/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the kernel may skip the programs of the guard, because a task lost its CPU inside bpf(). kernel_side/missed.c
 * says how.
 */
#ifndef RPMSG_GUARD_SYSTEM_SKIPPING_H
#define RPMSG_GUARD_SYSTEM_SKIPPING_H

#include <stdbool.h>

#define SKIPPING_REASON                                                                            \
	"kernel.unprivileged_bpf_disabled is 0: every user can make the kernel skip the guard's "  \
	"hooks with calls of bpf()"
#define SKIPPING_REMEDY "set kernel.unprivileged_bpf_disabled to 2 (or 1)"

/* Whether that can be on this kernel. */
bool skipping_is_possible(void);

/* Whether the kernel counts what it skips. */
bool skipping_is_counted(void);

/* Whether it is possible, and users without rights may call bpf(). */
bool skipping_by_everybody(void);

#endif
