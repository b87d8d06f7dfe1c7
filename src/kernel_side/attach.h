/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attaching one program to one function of the kernel, and the module that has to be loaded at that
 * moment for a program that overrides.
 */
#ifndef RPMSG_GUARD_KERNEL_SIDE_ATTACH_H
#define RPMSG_GUARD_KERNEL_SIDE_ATTACH_H

#include <stdbool.h>
#include <stdint.h>

struct bpf_link;
struct bpf_program;

/* What rproc_shutdown() returns; 0 as long as it is not known. */
enum shutdown_type { SHUTDOWN_UNKNOWN, SHUTDOWN_VOID, SHUTDOWN_INT };

/*
 * At the entry of the function, or at its @exit. By name where @address is 0 (hidden by kptr_restrict)
 * or the kernel has no kprobe event source (before 4.17, commit e12f03d7031a). Returns NULL with errno.
 */
struct bpf_link *attach_probe(const struct bpf_program *program, bool exit, const char *function,
			      uint64_t address);

/*
 * Between the two the module rpmsg_guard_allow is loaded, if it is installed, which makes
 * bpf_override_return() legal on the rpmsg functions. Harmless when it is not, when it is loaded already
 * (then it stays) or when a patched kernel has the list built in: whether the list is there shows at the
 * attaching. Any thread.
 */
void allow_list_get(void);
void allow_list_put(void);

/* What rproc_shutdown() returns, by the prototype that the module was compiled with; while it is loaded. */
enum shutdown_type allow_list_shutdown_type(void);

#endif
