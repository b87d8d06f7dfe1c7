// SPDX-License-Identifier: GPL-2.0-only
/* First quote marks and the border of a table, then the cells of a row. */
#include "oops/cells.h"

#include "oops/inside.h"
#include "oops/report.h"

static void trim(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && text[len - 1] == ' ')
		len--;
	text[len] = '\0';
}

/* A cell with printk's time in it is the message; else the longest cell. */
static bool is_better(const char *cell, const char *than)
{
	const bool stamped = oops_has_stamp(cell), other = oops_has_stamp(than);

	return stamped != other ? stamped : strlen(cell) > strlen(than);
}

/* ---- CSV ---- */

/*
 * Ends the field at @s, which is quoted, in place and undoubles the quotes in it. Returns the
 * separator or the end of the row behind it; NULL when it is no field.
 */
static char *end_quoted(char *s)
{
	char *to = s, *from = s + 1;

	while (*from && (*from != '"' || from[1] == '"')) {
		from += *from == '"';
		*to++ = *from++;
	}
	if (*from != '"')
		return NULL;
	*to = '\0';
	return from + 1;
}

static bool is_separator(char c)
{
	return c == ',' || c == ';' || c == '\t';
}

/* Whether @row is made of fields, and one of them is quoted. */
static bool is_csv(const char *row)
{
	bool quoted = false;

	for (const char *s = row; *s;) {
		if (*s == '"') {
			quoted = true;
			for (s++; *s && (*s != '"' || s[1] == '"'); s++)
				s += *s == '"';
			if (*s++ != '"' || (*s && !is_separator(*s)))
				return false;
		} else {
			s += strcspn(s, ",;\t\"");
			if (*s == '"')
				return false;
		}
		s += is_separator(*s);
	}
	return quoted;
}

static char *best_field(char *row)
{
	char *best = NULL;

	for (char *s = row, *end; *s; s = end) {
		char *field = s;
		bool more;

		end = *s == '"' ? end_quoted(s) : s + strcspn(s, ",;\t");
		if (!end)
			return row;
		more = *end != '\0';
		*end = '\0';
		end += more;
		if (!best || is_better(field, best))
			best = field;
	}
	return best ? best : row;
}

/* ---- tables ---- */

static char *best_cell(char *row)
{
	char *best = row;

	for (char *s = row, *bar; (bar = strstr(s, " | ")) != NULL;) {
		*bar = '\0';
		s = bar + 3;
		if (is_better(s, best))
			best = s;
	}
	trim(best);
	return best;
}

/* "> > | text": quoting of mails, and the left border of a table. Sets @bar for a border. */
static char *skip_border(char *s, bool *bar)
{
	char *p = s + strspn(s, " ");

	for (; *p == '>' || *p == '|' || begins(p, "???"); p += strspn(p, " ")) {
		*bar |= *p != '>';
		p += *p == '?' ? 3 : 1;
		s = p;
	}
	return s;
}

static void cut_border(char *s)
{
	size_t len;

	trim(s);
	len = strlen(s);
	while (len > 0 && (s[len - 1] == '|' || s[len - 1] == ' '))
		len--;
	/* A border of a box is one character that is not ASCII. */
	if (len > 3 && strcmp(s + len - 3, "???") == 0)
		len -= 3;
	s[len] = '\0';
	trim(s);
}

/* ---- quotes around a whole line ---- */

static char *skip_quotes(char *s)
{
	char *p = s + strspn(s, " ");
	const char quote = *p;
	size_t len;

	if (!quote || !strchr("\"'`", quote))
		return s;
	len = strlen(p);
	if (len > 2 && p[len - 1] == ',')
		len--;
	if (len > 1 && p[len - 1] == quote)
		p[len - 1] = '\0';
	else if (p[1] != '[')
		return s;
	return p + 1;
}

char *oops_cells_message(char *row)
{
	bool bar = false;

	row = skip_border(row, &bar);
	cut_border(row);
	if (bar)
		row = best_cell(row);
	if (is_csv(row))
		return best_field(row);
	return skip_quotes(row);
}
