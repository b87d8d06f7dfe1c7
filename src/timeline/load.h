/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finding and loading episode files.
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

/* The paths of the episode files in @directory, the newest first. */
struct episode_files {
	char **paths;
	size_t n;
};

/* Returns 0 or a negative errno. episode_files_free() in either case. */
int episode_files_find(struct episode_files *files, const char *directory);
void episode_files_free(struct episode_files *files);

#endif
