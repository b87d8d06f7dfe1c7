/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attaching a program to a function whose address is known already.
 *
 * libbpf attaches by name, and up to 6.1 (commit 60443c88f3a8, in 6.2) the kernel compares a name with
 * every one of its symbols, four times for each probe: of the seconds that an instance took to guard
 * again after its predecessor was killed, most (seen on 5.10 arm64).
 */
#ifndef RPMSG_GUARD_GUARD_KPROBE_H
#define RPMSG_GUARD_GUARD_KPROBE_H

#include <stdbool.h>
#include <stdint.h>

struct bpf_link;
struct bpf_program;

/*
 * At the entry of the function, or at its @exit. By name where @address is 0 (hidden by kptr_restrict)
 * or the kernel has no kprobe event source (before 4.17, commit e12f03d7031a). Returns NULL with errno.
 */
struct bpf_link *kprobe_attach(const struct bpf_program *program, bool exit, const char *function,
			       uint64_t address);

#endif
