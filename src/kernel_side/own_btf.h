/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The types that the kernel side was compiled with, as BTF for libbpf to relocate to in place of the kernel's.
 */
#ifndef RPMSG_GUARD_KERNEL_SIDE_OWN_BTF_H
#define RPMSG_GUARD_KERNEL_SIDE_OWN_BTF_H

#include <stdbool.h>
#include <stddef.h>

/* @btf_path is that of the configuration, or NULL. */
bool own_btf_is_taken(const char *btf_path);

/* Returns a descriptor that keeps the file at @path alive, or a negative errno. */
int own_btf(const char *btf_path, char *path, size_t len);

#endif
