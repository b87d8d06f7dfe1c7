/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Episodes in what persistent memory has kept of /dev/pmsg0 over a panic: lines "rpmsg-guard ID
 * LINE" between whatever else was written there, the oldest perhaps overwritten.
 */
#ifndef RPMSG_GUARD_TIMELINE_PSTORE_H
#define RPMSG_GUARD_TIMELINE_PSTORE_H

#include <stdbool.h>
#include <stddef.h>

#define PSTORE_ID_MAX 128

/* Records in @place, a file or a folder; NULL is where kernel and systemd keep them. */
struct pstore_files {
	char **paths; /* the last boot's first */
	size_t n;
};

/* Returns 0 or a negative errno. pstore_files_free() in either case. */
int pstore_files_find(struct pstore_files *files, const char *place);
void pstore_files_free(struct pstore_files *files);

/* Copies the id of the episode that was written to last. False when there is none. */
bool pstore_last_id(const char *bytes, size_t len, char id[PSTORE_ID_MAX]);

/*
 * The lines of the episode, as in its file, to be freed by the caller; NULL when there is no memory.
 * @lines_len is 0 when there are none.
 */
char *pstore_lines(const char *bytes, size_t len, const char *id, size_t *lines_len);

#endif
