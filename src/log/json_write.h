/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON that is written to a stream as it comes, without a tree in memory: what cannot be written is
 * told by ferror() of the stream. Keys are literals; NULL within an array and at the top.
 */
#ifndef RPMSG_GUARD_LOG_JSON_WRITE_H
#define RPMSG_GUARD_LOG_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* All zero but for @out at the beginning. */
struct json_writer {
	FILE *out;
	bool more; /* a comma comes before the next value */
};

/* @bracket: '{' or '[', and what closes it. */
void json_open(struct json_writer *w, const char *key, char bracket);
void json_close(struct json_writer *w, char bracket);

/* @text as printable() leaves it. */
void json_string(struct json_writer *w, const char *key, const char *text);
/* The same; nothing at all for NULL and "". */
void json_known(struct json_writer *w, const char *key, const char *text);
void json_number(struct json_writer *w, const char *key, int64_t number);
void json_flag(struct json_writer *w, const char *key, bool value);

/* A number in another form. */
void json_raw(struct json_writer *w, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* One line of JSON Lines, in memory. */
struct json_line {
	struct json_writer json;
	char *text;
	size_t len;
};

/* An object whose first key is "record". False without memory: then there is nothing to end. */
bool json_line_begin(struct json_line *l, const char *record);

/* The line with its newline, to be freed by the caller; NULL without memory. */
char *json_line_end(struct json_line *l);

#endif
