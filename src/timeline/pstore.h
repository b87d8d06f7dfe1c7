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

/* Copies the id of the episode that was written to last. False when there is none. */
bool pstore_last_id(const char *bytes, size_t len, char id[PSTORE_ID_MAX]);

/*
 * The lines of the episode, as in its file, to be freed by the caller; NULL when there is no memory.
 * @lines_len is 0 when there are none.
 */
char *pstore_lines(const char *bytes, size_t len, const char *id, size_t *lines_len);

#endif
