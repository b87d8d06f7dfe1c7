/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the kernel has the width of this program.
 */
#ifndef RPMSG_GUARD_SYSTEM_WIDTH_H
#define RPMSG_GUARD_SYSTEM_WIDTH_H

#include <stdbool.h>

#define WIDER_REASON "this is a 32-bit program on a 64-bit kernel"
#define WIDER_REMEDY "use the program that was built for the kernel's architecture (ARCH=arm64)"

/* Programs of 32 bits run on kernels of 64: but for the hooks, which read the structs of the kernel. */
bool kernel_is_wider(void);

#endif
