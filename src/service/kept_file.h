/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file that says how the service is, written by a thread of its own: its folder may be full, or on a
 * disk, and the event loop answers openers.
 */
#ifndef RPMSG_GUARD_SERVICE_KEPT_FILE_H
#define RPMSG_GUARD_SERVICE_KEPT_FILE_H

#include <stdbool.h>

struct kept_file;

/*
 * @pause_ms: at least as long between two writes. @remove_old: what a dead instance has left there is removed first.
 * @path is copied: a write that hangs outlives the configuration. Without a thread or memory nothing is ever written:
 * one line of the log says so, and it is NULL.
 */
struct kept_file *kept_file_begin(const char *path, unsigned int pause_ms, bool remove_old);

/* Takes a copy of @text. What was not written yet is forgotten: only the newest counts. @f may be NULL. */
void kept_file_put(struct kept_file *f, const char *text);

/* Removes the file. Waits for that, and for a write that is under way, a second at most. @f may be NULL. */
void kept_file_end(struct kept_file *f);

#endif
