/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Jobs that read the memory of another process: what it has handed to an open that it sleeps in. Each
 * page of it may be one of a file that is never served.
 */
#ifndef RPMSG_GUARD_HELPER_MEMORY_H
#define RPMSG_GUARD_HELPER_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define OPEN_PATH_DEVICES 64

/* HELPER_OPEN_HOW: the flags of openat2(), the first member of struct open_how. Answers with them. */
struct open_how_request {
	uint64_t address;
	int32_t tid;
};

struct open_how_answer {
	uint64_t flags;
};

/*
 * HELPER_OPEN_PATH: is thread @tid outside of an open of one of the character devices? It is when it is
 * in no open, or in one whose path leads to something else, looked up as the thread does: from its root,
 * its working folder, or its descriptor.
 */
struct open_path_request {
	int32_t tid;
	uint32_t n;
	uint64_t devs[OPEN_PATH_DEVICES];
};

struct open_path_answer {
	bool outside;
};

/* See helper_fn. They do not answer what cannot be read. */
void memory_open_how(int fd, const void *request, size_t len);
void memory_open_path(int fd, const void *request, size_t len);

#endif
