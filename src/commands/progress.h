/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shows on stderr what a stop waits for, while the calling thread waits for it. On a terminal one
 * line is written over and over; elsewhere a line appears when there is something new.
 */
#ifndef RPMSG_GUARD_COMMANDS_PROGRESS_H
#define RPMSG_GUARD_COMMANDS_PROGRESS_H

struct hold;
struct progress;

/* Both return NULL when no thread can be had; progress is not worth failing for. */
struct progress *progress_of_hold(struct hold *hold);
struct progress *progress_of_service(const char *rproc_name);

/* Clears the line; @progress may be NULL. */
void progress_end(struct progress *progress);

#endif
