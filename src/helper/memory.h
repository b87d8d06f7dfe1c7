/* SPDX-License-Identifier: GPL-2.0-only */
/* What another process has in its memory: for helpers only, because such a read may never end. */
#ifndef RPMSG_GUARD_HELPER_MEMORY_H
#define RPMSG_GUARD_HELPER_MEMORY_H

#include <stdint.h>
#include <sys/types.h>

/* As pread() of /proc/<tid>/mem. */
ssize_t memory_read(int tid, uint64_t address, void *buf, size_t len);

#endif
