/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds and loads what may have an episode in it: episode files, and records of persistent memory.
 */
#ifndef RPMSG_GUARD_TIMELINE_LOAD_H
#define RPMSG_GUARD_TIMELINE_LOAD_H

#include <stdbool.h>
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

/*
 * What persistent memory has kept of /dev/pmsg0 over a panic: lines "rpmsg-guard ID LINE" between
 * whatever else was written there, the oldest perhaps overwritten.
 */
#define PSTORE_ID_MAX 128

/* Copies the id of the episode that was written to last. False when there is none. */
bool pstore_last_id(const char *bytes, size_t len, char id[PSTORE_ID_MAX]);

/*
 * The lines of the episode, as in its file, to be freed by the caller; NULL when there is no memory.
 * @lines_len is 0 when there are none.
 */
char *pstore_lines(const char *bytes, size_t len, const char *id, size_t *lines_len);

#endif
