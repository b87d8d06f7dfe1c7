/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the lines of a thread are about. The journal gets it as fields of each line (docs/monitoring.md), so
 * that a reader can ask for one remote processor or one episode.
 */
#ifndef RPMSG_GUARD_LOG_ABOUT_H
#define RPMSG_GUARD_LOG_ABOUT_H

#include <stddef.h>

enum log_field {
	FIELD_REMOTEPROC,
	FIELD_CALLER,
	FIELD_CALLER_PID,
	FIELD_EPISODE,
	N_LOG_FIELDS,
};

/* Bytes of a value with its NUL; what does not fit is cut off. */
#define LOG_VALUE_MAX 80

/* Of all lines of this thread from here on. @value becomes printable; NULL or "": the line has no such field. */
void log_about(enum log_field field, const char *value);

/* Writes all values of this thread, each with its NUL, to @out. Returns the number of bytes. */
size_t log_about_pack(char out[N_LOG_FIELDS * LOG_VALUE_MAX]);

#endif
