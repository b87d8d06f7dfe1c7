// SPDX-License-Identifier: GPL-2.0-only
/* Finds the lines of episodes among what others have written to /dev/pmsg0. */
#include "timeline/pstore.h"

#include <stdlib.h>
#include <string.h>

#define MARK "rpmsg-guard "

struct line {
	const char *id, *text;
	size_t id_len, len; /* @len with the newline, where there is one */
};

/* Of the id at @at, if " {" follows; 0 if not. */
static size_t id_length(const char *at, size_t len)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._:-";
	size_t n = 0;

	while (n < len && n < PSTORE_ID_MAX && at[n] && strchr(allowed, at[n]))
		n++;
	return n < PSTORE_ID_MAX && n + 2 < len && at[n] == ' ' && at[n + 1] == '{' ? n : 0;
}

/*
 * The next line of an episode in the @len bytes at *@at, which moves behind it. What others wrote
 * last may lack a newline, so a line of ours need not begin at the start of one.
 */
static bool next_line(const char **at, size_t len, struct line *line)
{
	const char *end = *at + len;
	const char *mark;

	while ((mark = memmem(*at, (size_t)(end - *at), MARK, strlen(MARK))) != NULL) {
		const char *id = mark + strlen(MARK);
		const size_t id_len = id_length(id, (size_t)(end - id));
		const char *text = id + id_len + 1, *newline;

		*at = id;
		if (id_len == 0)
			continue;
		newline = memchr(text, '\n', (size_t)(end - text));
		*at = newline ? newline + 1 : end;
		*line = (struct line){ id, text, id_len, (size_t)(*at - text) };
		return true;
	}
	return false;
}

bool pstore_last_id(const char *bytes, size_t len, char id[PSTORE_ID_MAX])
{
	const char *at = bytes, *end = bytes + len;
	struct line line;
	bool found = false;

	while (next_line(&at, (size_t)(end - at), &line)) {
		memcpy(id, line.id, line.id_len);
		id[line.id_len] = '\0';
		found = true;
	}
	return found;
}

char *pstore_lines(const char *bytes, size_t len, const char *id, size_t *lines_len)
{
	const char *at = bytes, *end = bytes + len;
	char *lines = malloc(len + 1);
	struct line line;

	*lines_len = 0;
	if (!lines)
		return NULL;
	while (next_line(&at, (size_t)(end - at), &line))
		if (line.id_len == strlen(id) && memcmp(line.id, id, line.id_len) == 0) {
			memcpy(lines + *lines_len, line.text, line.len);
			*lines_len += line.len;
		}
	return lines;
}
