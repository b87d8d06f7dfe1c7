// SPDX-License-Identifier: GPL-2.0-only
/* Takes symbols apart, then the lines that are made of them. */
#include "oops/symbols.h"

#include <ctype.h>

/* Files and lines of a frame and of all that is inlined there are not longer. */
#define PLACE_MAX 400

/* ---- symbols ---- */

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

static const char *skip_name(const char *s)
{
	while (is_name(*s))
		s++;
	return s;
}

static const char *skip_hex(const char *s)
{
	if (!begins(s, "0x") || !isxdigit((unsigned char)s[2]))
		return NULL;
	s += 2;
	while (isxdigit((unsigned char)*s))
		s++;
	return s;
}

/* " [module]", since 5.18 on demand with a build id in it. */
static const char *parse_module(const char *s, struct oops_frame *frame)
{
	const char *name = skip_spaces(s), *end;

	if (*name++ != '[')
		return s;
	end = name;
	while (is_name(*end) || *end == '-')
		end++;
	if (end == name || (*end != ']' && *end != ' '))
		return s;
	oops_copy(frame->module, sizeof(frame->module), name, end);
	s = strchr(end, ']');
	return s ? s + 1 : end;
}

/* Whether a line number is in @s before @end: ":12", and ":?" where the symbolizer knows none. */
static bool has_line_number(const char *s, const char *end)
{
	for (; s + 1 < end; s++)
		if (*s == ':' && (isdigit((unsigned char)s[1]) || s[1] == '?'))
			return true;
	return false;
}

/* "(drivers/a.c:12 (discriminator 2))". Returns what follows, or NULL. */
static const char *skip_place_in_brackets(const char *s)
{
	const char *begin = s;
	int depth = 0;

	if (*s != '(')
		return NULL;
	for (; *s && s - begin < PLACE_MAX; s++) {
		depth += (*s == '(') - (*s == ')');
		if (depth == 0)
			return has_line_number(begin, s) ? s + 1 : NULL;
	}
	/* Cut off inside. */
	return has_line_number(begin, s) ? s : NULL;
}

/* "drivers/a.c:12", also with "at" in front or " [inline]" behind. Returns what follows, or NULL. */
static const char *skip_bare_place(const char *s)
{
	const char *end;

	if (begins(s, "at "))
		s = skip_spaces(s + 3);
	end = s + strcspn(s, " ");
	if (!memchr(s, '.', (size_t)(end - s)) || !has_line_number(s, end))
		return NULL;
	return begins(end, " [inline]") ? end + strlen(" [inline]") : end;
}

/* The module as decode_stacktrace.sh leaves it, without brackets, at the end of the line. */
static const char *parse_bare_module(const char *s, struct oops_frame *frame)
{
	const char *name = skip_spaces(s), *end = name;

	while (is_name(*end) || *end == '-')
		end++;
	if (end == name || *skip_spaces(end))
		return s;
	oops_copy(frame->module, sizeof(frame->module), name, end);
	return end;
}

/* Behind the name of a function: file and line in place of its offset. */
static const char *parse_place(const char *s, struct oops_frame *frame)
{
	const char *place = skip_spaces(s), *end;

	if (place == s)
		return NULL;
	end = skip_place_in_brackets(place);
	if (!end) {
		end = skip_bare_place(place);
		/* Without an offset, only what syzbot calls inlined is surely a frame. */
		return end && end[-1] == ']' ? end : NULL;
	}
	s = parse_module(end, frame);
	return s == end ? parse_bare_module(end, frame) : s;
}

/* Behind the offset: module, file and line in any order. */
static const char *parse_rest(const char *s, struct oops_frame *frame)
{
	const char *place;

	s = parse_module(s, frame);
	place = skip_spaces(s);
	place = skip_place_in_brackets(place) ?: skip_bare_place(place);
	if (place)
		s = frame->module[0] ? place : parse_module(place, frame);
	return s;
}

const char *oops_parse_symbol(const char *s, struct oops_frame *frame)
{
	const char *end = skip_name(s), *rest;

	frame->module[0] = '\0';
	if (end == s || isdigit((unsigned char)*s))
		return NULL;
	if (*end == '+') {
		rest = skip_hex(end + 1);
		if (!rest || *rest != '/')
			return NULL;
		rest = skip_hex(rest + 1);
		/* A line that was cut off inside the size still names the function. */
		rest = rest ? parse_rest(rest, frame) : end + strlen(end);
	} else {
		rest = parse_place(end, frame);
	}
	if (rest)
		oops_copy(frame->function, sizeof(frame->function), s, end);
	return rest;
}

/* ---- frames ---- */

/*
 * "[<ffff000008080000>]", of kernels before 4.10 or so, of riscv and, without the angles, of
 * powerpc.
 */
static const char *skip_address(const char *s)
{
	const char *hex = s + 1, *end = hex;
	const bool angles = s[0] == '[' && s[1] == '<';

	if (s[0] != '[')
		return s;
	hex += angles;
	for (end = hex; isxdigit((unsigned char)*end);)
		end++;
	if (end - hex < 8 || end - hex > 16)
		return s;
	if (angles ? !begins(end, ">]") : *end != ']')
		return s;
	return skip_spaces(end + 1 + angles);
}

static const char *skip_marks(const char *s, struct oops_frame *frame)
{
	s = skip_address(skip_address(skip_spaces(s)));
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
	/* Before 4.x the callee had an offset, too. */
	s = oops_parse_symbol(name, frame);
	if (!s) {
		oops_copy(frame->function, sizeof(frame->function), name, end);
		s = parse_module(end, frame);
	}
	if (wrapped && *s == ')')
		s++;
	s = skip_spaces(s);
	return begins(s, "from") && (s[4] == ' ' || !s[4]) ? skip_spaces(s + 4) : NULL;
}

static size_t parse_from(const char *s, struct oops_frame frames[2])
{
	const bool wrapped = *s == '(';

	s = parse_callee(s, &frames[0]);
	if (!s)
		return 0;
	s = skip_marks(s, &frames[1]);
	if (*s == '(')
		s++;
	if (oops_parse_symbol(s, &frames[1]))
		return 2;
	/* A sentence, such as "reset from watchdog", has no brackets and no symbol. */
	return wrapped ? 1 : 0;
}

/* "#5 [ffff800015db3a80] rpmsg_send at ffff8000089b1a24 [rpmsg_core]", of the crash utility. */
static bool parse_crash_frame(const char *s, struct oops_frame *frame)
{
	const char *name, *end;

	if (*s++ != '#' || !isdigit((unsigned char)*s))
		return false;
	name = strchr(s, '[');
	name = name ? skip_address(name) : s;
	end = skip_name(name);
	if (end == name || *name == '[' || !begins(end, " at ") || !isxdigit((unsigned char)end[4]))
		return false;
	oops_copy(frame->function, sizeof(frame->function), name, end);
	parse_module(end + 4 + strspn(end + 4, "0123456789abcdef"), frame);
	return true;
}

/*
 * What may follow the symbol of a frame: nothing, a mark such as arm64's " (P)" or powerpc's
 * " (unreliable)", the next column of a table. Anything else is a sentence with a symbol in it.
 */
static bool is_end_of_frame(const char *s)
{
	s = skip_spaces(s);
	if (*s == '(')
		s = skip_spaces(s + 1 + strspn(s + 1, "PUL") +
				(begins(s + 1, "unreliable") ? strlen("unreliable") : 0));
	return *s == '\0' || strchr("),;|\"'`", *s);
}

size_t oops_parse_frames(const char *text, struct oops_frame frames[2])
{
	const char *s, *end;

	memset(frames, 0, 2 * sizeof(frames[0]));
	s = skip_marks(text, &frames[0]);
	if (parse_crash_frame(s, &frames[0]))
		return 1;
	end = oops_parse_symbol(s, &frames[0]);
	if (end && is_end_of_frame(end))
		return 1;
	frames[0].module[0] = '\0';
	return parse_from(s, frames);
}

/* ---- registers ---- */

/* The symbol behind @form at the start of @text, if that is what @text begins with. */
static bool parse_form(const char *text, const char *form, struct oops_frame *frame)
{
	const char *s;

	if (!begins(text, form))
		return false;
	s = skip_spaces(text + strlen(form));
	/* x86 has the code segment in front: "RIP: 0010:" */
	if (begins(text + 1, "IP: ") && isxdigit((unsigned char)*s) && strchr(s, ':') == s + 4)
		s = skip_spaces(s + 5);
	oops_parse_symbol(skip_address(skip_address(s)), frame);
	return true;
}

enum oops_register oops_parse_register(const char *text, struct oops_frame *frame)
{
	static const char *const pcs[] = { "RIP: ",  "EIP: ",	   "pc : ", "PC is at ",
					   "epc : ", "EIP is at ", "IP: " };
	static const char *const lrs[] = { "lr : ", "LR is at ", "ra : " };

	memset(frame, 0, sizeof(*frame));
	for (size_t i = 0; i < sizeof(pcs) / sizeof(pcs[0]); i++)
		if (parse_form(text, pcs[i], frame))
			return OOPS_REGISTER_PC;
	for (size_t i = 0; i < sizeof(lrs) / sizeof(lrs[0]); i++)
		if (parse_form(text, lrs[i], frame))
			return OOPS_REGISTER_LR;
	return OOPS_REGISTER_NONE;
}
