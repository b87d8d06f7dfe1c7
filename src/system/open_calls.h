/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system calls that open a file, in /proc/<tid>/syscall.
 */
#ifndef RPMSG_GUARD_SYSTEM_OPEN_CALLS_H
#define RPMSG_GUARD_SYSTEM_OPEN_CALLS_H

#include <stdbool.h>
#include <stdint.h>

struct open_call {
	uint64_t path;	    /* address of the path, in the memory of the thread */
	int dirfd;	    /* where a relative path starts; AT_FDCWD: the working folder */
	bool how_in_memory; /* openat2(): struct open_how lies at @flags */
	uint64_t flags;	    /* O_WRONLY and so on, or that address */
};

/* Returns false when the thread of the line does not sleep in such a call. */
bool open_call_parse(const char *line, struct open_call *out);

#endif
