/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds and loads what may have an episode in it: episode files, and records of persistent memory.
 */
#ifndef RPMSG_GUARD_TIMELINE_LOAD_H
#define RPMSG_GUARD_TIMELINE_LOAD_H

#include <stddef.h>

#include "timeline/names.h"

/*
 * All bytes of @path ("-": standard input), to be freed by the caller. Returns 0 or a negative
 * errno, -EFBIG when it is larger than an episode can be.
 */
int load_bytes(const char *path, char **bytes, size_t *len);

/* The newest first. */
struct paths {
	char **list;
	size_t n;
};

/* Each returns 0 or a negative errno; paths_free() in either case. */
int paths_of_episodes(struct paths *paths, const char *directory);
/* In @place, a file or a folder; NULL is where kernel and systemd keep records. */
int paths_of_pstore(struct paths *paths, const char *place);
void paths_free(struct paths *paths);

#endif
