/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Episode files for "report". All return an exit status; when it is not "done" the user has been told why.
 */
#ifndef RPMSG_GUARD_COMMANDS_EPISODE_SOURCE_H
#define RPMSG_GUARD_COMMANDS_EPISODE_SOURCE_H

#include <stddef.h>

#include "timeline/load.h"
#include "timeline/read.h"

/* The bytes of @path, to be freed. */
int episode_load(const char *path, char **bytes, size_t *len);

/* @path is only named. @flags: see recording_parse(). */
int episode_parse(const char *path, const char *bytes, size_t len, int flags, struct recording *r);

/* Both, and whether the service still writes it. */
int episode_read(const char *path, struct recording *r);

/* The episodes of @directory, the newest first; none is a failure. */
int episodes_find(const char *directory, struct paths *files);

#endif
