/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The journal's own socket: a line goes there with its fields, where stderr carries only its text. The
 * format is public, "Native Journal Protocol" at https://systemd.io/JOURNAL_NATIVE_PROTOCOL/.
 */
#ifndef RPMSG_GUARD_LOG_JOURNAL_SOCKET_H
#define RPMSG_GUARD_LOG_JOURNAL_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

#include "log/message_ids.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

struct journal_line {
	enum log_event event;
	int priority;	   /* of syslog(3) */
	const char *about; /* of log_about_pack() */
	const char *text;
	size_t len;
};

/* From here on lines go to the socket @path. While there are no other threads. */
void journal_begin(const char *path);

/* Whether journal_begin() was called. */
bool journal_is_used(void);

/* The level of the guard, for all lines from here on; a literal. */
void journal_set_level(const char *level);

/* Never waits. False when the line was not taken: then it belongs to stderr. */
bool journal_send(const struct journal_line *line);

#endif
