// SPDX-License-Identifier: GPL-2.0-only
/* One pass over the text for each layer of markup; what is known shrinks, the rest stays. */
#include "oops/markup.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "oops/report.h"

/* A tag with its attributes is not longer; what is, is none. */
#define TAG_MAX 300
/* "&amp;lt;": a page that was escaped twice. */
#define PASSES 2

/* ---- HTML ---- */

static const struct {
	const char *name;
	char character;
} entities[] = {
	{ "lt;", '<' },	  { "gt;", '>' },    { "amp;", '&' },
	{ "quot;", '"' }, { "apos;", '\'' }, { "nbsp;", ' ' },
};

static char printable_of(unsigned long code)
{
	if (code == '\n' || code == '\r')
		return '\n';
	if (code == '\t' || code == 0xa0)
		return ' ';
	return code >= 0x20 && code < 0x7f ? (char)code : '?';
}

/* "&lt;", "&#60;", "&#x3c;". Returns what follows, or NULL. */
static const char *take_entity(const char *s, char *character)
{
	const bool hex = s[1] == '#' && (s[2] == 'x' || s[2] == 'X');
	const char *digits = s + 2 + hex;
	char *end;

	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		if (!begins(s + 1, entities[i].name))
			continue;
		*character = entities[i].character;
		return s + 1 + strlen(entities[i].name);
	}
	if (s[1] != '#' ||
	    !(hex ? isxdigit((unsigned char)*digits) : isdigit((unsigned char)*digits)))
		return NULL;
	*character = printable_of(strtoul(digits, &end, hex ? 16 : 10));
	return *end == ';' && end - digits < 8 ? end + 1 : NULL;
}

/* Words are separated by single spaces. */
static bool is_one_of(const char *words, const char *name, size_t len)
{
	for (size_t n; *words; words += n + (words[n] == ' ')) {
		n = strcspn(words, " ");
		if (n == len && strncasecmp(words, name, n) == 0)
			return true;
	}
	return false;
}

/*
 * A tag. Not the kernel's own "<TASK>", nor the "<dd>" of its code bytes. Returns what follows, or
 * NULL; @character is a newline where the tag makes one, and 0 where it makes nothing.
 */
static const char *take_tag(const char *s, char *character)
{
	const char *name = s + 1 + (s[1] == '/'), *end;
	const size_t len = strspn(name,
				  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

	if (is_one_of("br p div li tr pre blockquote h1 h2 h3 h4", name, len))
		*character = '\n';
	else if (is_one_of("td th", name, len))
		*character = ' ';
	else if (is_one_of("span code b i u s em tt strong font a table tbody ul ol body html",
			   name, len))
		*character = '\0';
	else
		return NULL;
	if (name[len] != '>' && name[len] != ' ' && name[len] != '/')
		return NULL;
	end = memchr(name, '>', strnlen(name, TAG_MAX));
	return end ? end + 1 : NULL;
}

/* ---- escapes that are spelled out ---- */

/* Behind the "[" of a terminal's escape: parameters and a letter. NULL when it is something else. */
static const char *skip_parameters(const char *s)
{
	s += strspn(s, "0123456789;?");
	return isalpha((unsigned char)*s) ? s + 1 : NULL;
}

/* "^[[0m", "#033[0m", "\x1b[0m"; also "[0m", of which the escape itself was lost. */
static const char *take_escape(const char *s)
{
	static const char *const spellings[] = { "^[[",	   "#033[",    "\\033[",   "\\x1b[",
						 "\\x1B[", "\\u001b[", "\\u001B[", "\\e[" };
	size_t digits;

	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		if (begins(s, spellings[i]))
			return skip_parameters(s + strlen(spellings[i]));
	digits = *s == '[' ? strspn(s + 1, "0123456789;") : 0;
	return digits > 0 && digits < 9 && s[1 + digits] == 'm' ? s + 2 + digits : NULL;
}

/* "\n" and its like, where a string was printed as a program's source has it; "^M" of cat -v. */
static const char *take_control(const char *s, char *character)
{
	if (s[0] == '^' && (s[1] == 'M' || s[1] == 'J') && !*skip_spaces(s + 2))
		*character = '\0';
	else if (s[0] == '^' && s[1] == 'I')
		*character = ' ';
	else if (s[0] == '\\' && s[1] == 'n')
		*character = '\n';
	else if (s[0] == '\\' && s[1] == 'r')
		*character = '\0';
	else if (s[0] == '\\' && s[1] == 't')
		*character = ' ';
	else if (s[0] == '\\' && s[1] == '"')
		*character = '"';
	else
		return NULL;
	return s + 2;
}

/* ---- the pass ---- */

static const char *take(const char *s, char *character)
{
	const char *end;

	*character = '\0';
	if (*s == '&')
		return take_entity(s, character);
	if (*s == '<')
		return take_tag(s, character);
	if (!strchr("^#\\[", *s))
		return NULL;
	end = take_escape(s);
	return end ? end : take_control(s, character);
}

/* Returns whether anything changed. */
static bool pass(char *text)
{
	char *to = text, character;
	bool changed = false;

	for (const char *s = text, *end; *s; s = end) {
		end = take(s, &character);
		if (!end) {
			end = s + 1;
			character = *s;
		} else {
			changed = true;
		}
		if (character)
			*to++ = character;
	}
	*to = '\0';
	return changed;
}

void oops_markup_undo(char *text)
{
	for (int i = 0; i < PASSES && strpbrk(text, "&<^#\\["); i++)
		if (!pass(text))
			return;
}
