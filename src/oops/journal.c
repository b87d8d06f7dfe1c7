// SPDX-License-Identifier: GPL-2.0-only
/* First the fields of the export format, then the members of JSON objects. */
#include "oops/journal.h"

#include <stdlib.h>

#include "oops/report.h"

void oops_journal_init(struct oops_journal *journal)
{
	memset(journal, 0, sizeof(*journal));
	journal->time = -1;
}

/* ---- the export format ---- */

static char *field(char *raw, const char *name)
{
	const size_t len = strlen(name);

	return begins(raw, name) && raw[len] == '=' ? raw + len + 1 : NULL;
}

/* A field of journalctl -o export, "NAME=value". Returns the message if it is that field. */
static char *export_field(struct oops_journal *journal, char *raw)
{
	const char *value;

	if (field(raw, "__CURSOR")) {
		journal->time = -1;
		journal->other = false;
	}
	value = field(raw, "__MONOTONIC_TIMESTAMP") ?: field(raw, "_SOURCE_MONOTONIC_TIMESTAMP");
	if (value)
		journal->time = strtod(value, NULL) / 1e6;
	value = field(raw, "_TRANSPORT");
	if (value)
		journal->other = strcmp(value, "kernel") != 0;
	/* The length of a binary value follows: 64 bits, little endian. */
	if (strcmp(raw, "MESSAGE") == 0)
		journal->skip = 8;
	return field(raw, "MESSAGE");
}

static bool is_field_name(const char *raw)
{
	const size_t len = strspn(raw, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return len > 0 && (raw[len] == '=' || raw[len] == '\0');
}

/* ---- JSON ---- */

/* Where the text of a string member begins, or NULL; logs are flat objects. */
static char *member(char *raw, const char *name)
{
	char key[48], *s;

	snprintf(key, sizeof(key), "\"%s\"", name);
	s = strstr(raw, key);
	if (!s)
		return NULL;
	s += strlen(key);
	s += strspn(s, " ");
	if (*s++ != ':')
		return NULL;
	s += strspn(s, " ");
	return *s == '"' ? s + 1 : NULL;
}

/* "\u001b": control characters but a newline vanish, others than ASCII become "?". */
static char of_code_point(const char *s)
{
	char hex[5] = "";
	unsigned long code;

	memcpy(hex, s, strnlen(s, 4));
	code = strtoul(hex, NULL, 16);
	if (code == '\n' || code == '\t')
		return code == '\n' ? '\n' : ' ';
	if (code < 0x20)
		return '\0';
	return code == 0xa0 ? ' ' : code < 0x7f ? (char)code : '?';
}

/* Unescapes the string at @s in place and ends it. */
static void unescape(char *s)
{
	char *to = s, c;

	for (; *s && *s != '"'; s++) {
		c = *s;
		if (c == '\\' && s[1]) {
			c = *++s;
			if (c == 'u') {
				c = of_code_point(s + 1);
				s += strnlen(s + 1, 4);
			} else if (strchr("nrtbf", c)) {
				c = c == 'n' ? '\n' : c == 't' ? ' ' : '\0';
			}
		}
		if (c)
			*to++ = c;
	}
	*to = '\0';
}

static void read_json_time(struct oops_journal *journal, char *raw)
{
	const char *value = member(raw, "_SOURCE_MONOTONIC_TIMESTAMP")
				    ?: member(raw, "__MONOTONIC_TIMESTAMP");

	journal->time = value ? strtod(value, NULL) / 1e6 : -1;
	value = member(raw, "_TRANSPORT");
	journal->other = value && !begins(value, "kernel\"");
}

/* An object, or a line of an object that is printed over several lines. */
static char *json_message(struct oops_journal *journal, char *raw)
{
	/* The journal's, docker's, and those of other collectors. */
	static const char *const names[] = { "MESSAGE", "log", "message", "msg", "line" };
	char *message = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !message; i++)
		message = member(raw, names[i]);
	if (!message)
		return NULL;
	read_json_time(journal, raw);
	unescape(message);
	return message;
}

static bool is_json(const char *raw)
{
	raw += strspn(raw, " [,");
	return raw[0] == '{' || (raw[0] == '}' && strlen(raw) < 3) ||
	       (raw[0] == '"' && raw[1] != '[' && strstr(raw, "\" : "));
}

char *oops_journal_message(struct oops_journal *journal, char *raw, bool *wrapped)
{
	*wrapped = true;
	if (field(raw, "__CURSOR") || field(raw, "__REALTIME_TIMESTAMP"))
		journal->export_format = true;
	if (journal->export_format && is_field_name(raw))
		return export_field(journal, raw);
	if (is_json(raw))
		return json_message(journal, raw);
	*wrapped = journal->export_format;
	if (!journal->export_format)
		journal->time = -1;
	return raw;
}
