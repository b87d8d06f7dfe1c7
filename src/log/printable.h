/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one way in which names that others chose leave this process: tasks, devices, firmware and
 * channels call themselves what they like, and end up on terminals, in JSON and in HTML. And how
 * sentences are cut into lines.
 */
#ifndef RPMSG_GUARD_LOG_PRINTABLE_H
#define RPMSG_GUARD_LOG_PRINTABLE_H

#include <stddef.h>
#include <stdio.h>

struct json_object;

/*
 * Writes the @n bytes at @in to @out as valid UTF-8 without anything that a terminal or a browser
 * obeys: control characters (C0, DEL, C1), changes of the writing direction, line separators, and
 * bytes that are no UTF-8 become "\xNN", as text. What does not fit into the @len bytes of @out is cut
 * off at a whole character; @out always ends in a NUL, unless @len is 0. Returns how many bytes of
 * @in were taken.
 */
size_t printable(char *out, size_t len, const char *in, size_t n);

/* Takes away a character at the end of @text of which some bytes did not fit into a buffer. */
void utf8_trim(char *text);

/* @text as printable() leaves it; the caller owns it. NULL, which is JSON's null, without memory. */
struct json_object *json_text(const char *text);

/* Prints @o in lines to standard output. */
void json_print(struct json_object *o);

/* Characters of UTF-8, not bytes. */
size_t utf8_length(const char *text);

#define WRAP_WIDTH 96

/* Prints @text behind @first in lines of at most WRAP_WIDTH columns, all others behind @indent. */
void print_wrapped(FILE *out, const char *first, const char *indent, const char *text);

#endif
