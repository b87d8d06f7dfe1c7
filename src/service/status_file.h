/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * STATUS_FILE, written by a thread of its own: /run may be full, or on a disk, and the event loop
 * answers openers.
 */
#ifndef RPMSG_GUARD_SERVICE_STATUS_FILE_H
#define RPMSG_GUARD_SERVICE_STATUS_FILE_H

/* Without a thread nothing is ever written, and one line of the log says so. */
void status_file_begin(void);

/* Takes a copy of @text. What was not written yet is forgotten: only the newest counts. */
void status_file_put(const char *text);

/* No further write begins, and the file is removed; one that is under way is not waited for. */
void status_file_end(void);

#endif
