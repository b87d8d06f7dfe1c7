// SPDX-License-Identifier: GPL-2.0-only
#include "oops/trace.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

static const char *skip_spaces(const char *s)
{
	while (*s == ' ')
		s++;
	return s;
}

static const char *skip_name(const char *s)
{
	while (is_name(*s))
		s++;
	return s;
}

static const char *skip_hex(const char *s)
{
	if (strncmp(s, "0x", 2) != 0 || !isxdigit((unsigned char)s[2]))
		return NULL;
	s += 2;
	while (isxdigit((unsigned char)*s))
		s++;
	return s;
}

static void copy(char *to, size_t size, const char *from, const char *end)
{
	snprintf(to, size, "%.*s", (int)(end - from), from);
}

/* " [module]", since 5.18 on demand with a build id in it. */
static const char *parse_module(const char *s, struct oops_frame *frame)
{
	const char *name = skip_spaces(s), *end;

	frame->module[0] = '\0';
	if (*name++ != '[')
		return s;
	end = name;
	while (is_name(*end) || *end == '-')
		end++;
	if (end == name || (*end != ']' && *end != ' '))
		return s;
	copy(frame->module, sizeof(frame->module), name, end);
	s = strchr(end, ']');
	return s ? s + 1 : end;
}

const char *oops_parse_symbol(const char *s, struct oops_frame *frame)
{
	const char *end = skip_name(s), *offset;

	if (end == s || isdigit((unsigned char)*s) || *end != '+')
		return NULL;
	offset = skip_hex(end + 1);
	if (!offset || *offset != '/')
		return NULL;
	copy(frame->function, sizeof(frame->function), s, end);
	offset = skip_hex(offset + 1);
	/* A line that was cut off inside the size still names the function. */
	if (!offset)
		return end + strlen(end);
	return parse_module(offset, frame);
}

/* "[<ffff000008080000>]", of kernels before 4.10 or so and of riscv. */
static const char *skip_address(const char *s)
{
	const char *end;

	if (s[0] != '[' || s[1] != '<')
		return s;
	end = strstr(s, ">]");
	return end && end - s < 24 ? skip_spaces(end + 2) : s;
}

static const char *skip_marks(const char *s, struct oops_frame *frame)
{
	s = skip_address(skip_spaces(s));
	frame->doubtful = false;
	frame->module[0] = '\0';
	while (s[0] == '?' && s[1] == ' ') {
		frame->doubtful = true;
		s = skip_spaces(s + 2);
	}
	return skip_address(s);
}

/* The callee of an arm32 line: a bare name, "func [mod] from" or "[<...>] (func [mod]) from". */
static const char *parse_callee(const char *s, struct oops_frame *frame)
{
	const bool wrapped = *s == '(';
	const char *name = wrapped ? s + 1 : s, *end = skip_name(name);

	if (end == name || isdigit((unsigned char)*name))
		return NULL;
	copy(frame->function, sizeof(frame->function), name, end);
	/* Before 4.x the callee had an offset, too. */
	s = oops_parse_symbol(name, frame);
	if (!s)
		s = parse_module(end, frame);
	if (wrapped && *s == ')')
		s++;
	return strncmp(s, " from ", 6) == 0 ? s + 6 : NULL;
}

static size_t parse_from(const char *s, struct oops_frame frames[2])
{
	s = parse_callee(s, &frames[0]);
	if (!s)
		return 0;
	s = skip_marks(s, &frames[1]);
	if (*s == '(')
		s++;
	return oops_parse_symbol(s, &frames[1]) ? 2 : 1;
}

size_t oops_parse_frames(const char *text, struct oops_frame frames[2])
{
	const char *s, *end;
	size_t n;

	memset(frames, 0, 2 * sizeof(frames[0]));
	s = skip_marks(text, &frames[0]);
	end = oops_parse_symbol(s, &frames[0]);
	/* arm64 may add marks like " (P)"; anything else is a sentence with a symbol in it. */
	if (end && (!*skip_spaces(end) || (end[0] == ' ' && end[1] == '(')))
		n = 1;
	else
		n = parse_from(s, frames);
	return n;
}

static const char *after(const char *text, const char *prefix)
{
	const size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? skip_spaces(text + len) : NULL;
}

static bool parse_register(const char *s, struct oops_frame *frame)
{
	memset(frame, 0, sizeof(*frame));
	return s && oops_parse_symbol(skip_address(skip_address(s)), frame);
}

/* "RIP: 0010:" */
static const char *x86_register(const char *text)
{
	const char *s = after(text, "RIP: ");

	if (!s)
		s = after(text, "EIP: ");
	if (s && isxdigit((unsigned char)s[0]) && strcspn(s, ":") == 4)
		s = skip_spaces(s + 5);
	return s;
}

bool oops_parse_pc(const char *text, struct oops_frame *frame)
{
	static const char *const forms[] = { "pc : ", "PC is at ", "epc : ", "EIP is at ", "IP: " };

	if (parse_register(x86_register(text), frame))
		return true;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (parse_register(after(text, forms[i]), frame))
			return true;
	return false;
}

bool oops_parse_lr(const char *text, struct oops_frame *frame)
{
	static const char *const forms[] = { "lr : ", "LR is at ", "ra : " };

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (parse_register(after(text, forms[i]), frame))
			return true;
	return false;
}
