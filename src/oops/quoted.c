// SPDX-License-Identifier: GPL-2.0-only
/* Tells quoted-printable from plain text, line by line, and decodes it. */
#include "oops/quoted.h"

#include <string.h>

/* Mail programs break lines here at the latest, and not much earlier. */
#define LINE_MIN 60
#define LINE_MAX 76

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte that is escaped at @s, "=3D"; -1 when it is none that a text would have. */
static int escaped(const char *s)
{
	const int high = digit(s[1]), low = high < 0 ? -1 : digit(s[2]);
	const int byte = low < 0 ? -1 : high * 16 + low;

	return byte >= 0x20 || byte == '\t' || byte == '\r' ? byte : -1;
}

enum line {
	LINE_PLAIN,  /* nothing speaks for or against */
	LINE_QUOTED, /* surely */
	LINE_MAYBE,  /* all could be escapes */
	LINE_NOT,    /* surely not */
};

static enum line kind_of_line(const char *raw)
{
	enum line kind = LINE_PLAIN;

	for (const char *s = raw; (s = strchr(s, '=')) != NULL; s++) {
		const int byte = s[1] ? escaped(s) : 0;

		if (byte < 0)
			return LINE_NOT;
		if (byte > 0 && strchr("=.[]", byte))
			kind = LINE_QUOTED;
		else if (byte > 0 && kind == LINE_PLAIN)
			kind = LINE_MAYBE;
	}
	return kind;
}

bool oops_quoted_goes_on(struct oops_quoted *quoted, const char *raw, size_t len)
{
	enum line kind;

	if (len < 2 || raw[len - 1] != '=')
		return false;
	kind = kind_of_line(raw);
	if (kind == LINE_NOT)
		return false;
	return quoted->on || kind == LINE_QUOTED || (len >= LINE_MIN && len <= LINE_MAX);
}

static void decode(char *raw)
{
	char *to = raw;
	bool lead = false; /* of a no-break space in UTF-8 */

	for (const char *s = raw; *s; s++) {
		const int byte = *s == '=' && s[1] ? escaped(s) : -1;

		if (byte < 0) {
			*to++ = *s;
			lead = false;
			continue;
		}
		s += 2;
		if (lead && byte == 0xa0)
			to[-1] = ' ';
		else
			*to++ = byte == '\t' || byte == '\r' ? ' ' : byte < 0x7f ? (char)byte : '?';
		lead = byte == 0xc2;
	}
	*to = '\0';
}

void oops_quoted_undo(struct oops_quoted *quoted, char *raw)
{
	const enum line kind = kind_of_line(raw);

	if (kind == LINE_QUOTED)
		quoted->on = true;
	else if (kind == LINE_NOT)
		quoted->on = false;
	if (quoted->on && kind != LINE_PLAIN)
		decode(raw);
}
