// SPDX-License-Identifier: GPL-2.0-only
/* Looks for times, then for headings and for frames that follow each other. */
#include "oops/inside.h"

#include <ctype.h>

#include "oops/report.h"

/* What is shorter is one line, even with two registers in it, as arm32 and riscv print them. */
#define PARAGRAPH_MIN 60

/* ---- times ---- */

/*
 * "[   12.345678]", also with what vendors add to the time. printk writes exactly six digits; nothing
 * else in a kernel log looks like it.
 */
static bool is_stamp(const char *s)
{
	const char *seconds = skip_spaces(s + 1);
	const size_t whole = strspn(seconds, "0123456789");
	const char *end;

	if (*s != '[' || whole == 0 || seconds[whole] != '.')
		return false;
	end = seconds + whole + 1;
	if (strspn(end, "0123456789") != 6)
		return false;
	end += 6;
	return *end == ']' || *end == '@' || begins(end, " / ") || begins(end, "s]");
}

const char *oops_inside_stamp(const char *text)
{
	text = skip_spaces(text);
	if (!*text)
		return NULL;
	for (const char *s = text + 1; (s = strchr(s, '[')) != NULL; s++)
		if (is_stamp(s))
			return s;
	return NULL;
}

bool oops_has_stamp(const char *text)
{
	return is_stamp(text) || oops_inside_stamp(text);
}

/* ---- headings ---- */

static const char *const headings[] = {
	"Unable to handle kernel ",
	"BUG: kernel NULL pointer",
	"BUG: unable to handle ",
	"BUG: KASAN: ",
	"BUG: KFENCE: ",
	"WARNING: CPU: ",
	"WARNING: possible ",
	"general protection fault",
	"(null): ",
	"(NULL device *): ",
	"Mem abort info:",
	"Data abort info:",
	"Internal error: ",
	"Modules linked in:",
	"Hardware name: ",
	"Workqueue: ",
	"pstate: ",
	"swapper pgtable: ",
	"user pgtable: ",
	"pc : ",
	"x29: ",
	"PC is at ",
	"epc : ",
	"Oops [#",
	"status: 0",
	"LR is at ",
	"RIP: 0010:",
	"RSP: 0018:",
	"RAX: ",
	"PGD ",
	"#PF: ",
	"Call trace:",
	"Call Trace:",
	"Backtrace:",
	"Code: ",
	"Stack: (0x",
	"Exception stack(",
	"---[ end trace ",
	"Preemption disabled at:",
	"remoteproc remoteproc",
	"SMP: stopping secondary CPUs",
	"Kernel Offset: ",
	"Read of size ",
	"Write of size ",
	"Freed by task ",
	"The buggy address ",
	"Last potentially related ",
	"Allocated by task ",
	"refcount_t: ",
};

/* "CPU: 1 PID: 95780 Comm: ", but not the "CPU: 1 PID: 1 at" of a warning. */
static bool is_cpu(const char *s)
{
	s += strlen("CPU: ");
	s += strspn(s, "0123456789");
	if (begins(s, " UID: "))
		s += strlen(" UID: ") + strspn(s + strlen(" UID: "), "0123456789");
	if (!begins(s, " PID: "))
		return false;
	s += strlen(" PID: ");
	s += strspn(s, "0123456789");
	return begins(s, " Comm: ");
}

bool oops_is_heading(const char *text)
{
	if (begins(text, "CPU: "))
		return is_cpu(text);
	/* arm32 has it behind "pc : [<c04e5d30>]". */
	if (begins(text, "lr : "))
		return text[strlen("lr : ")] != '[';
	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
		if (text[0] == headings[i][0] && begins(text, headings[i]))
			return true;
	/* "[ffff800015b3a002] pgd=..." */
	return text[0] == '[' && isxdigit((unsigned char)text[1]) &&
	       begins(text + strcspn(text, " "), " pgd=");
}

/* ---- frames ---- */

/* "function+0x28/0x180", cheaply. Returns what follows, or NULL. */
static const char *skip_symbol(const char *s)
{
	const char *end = s;

	while (isalnum((unsigned char)*end) || *end == '_' || *end == '.' || *end == '$')
		end++;
	if (end == s || isdigit((unsigned char)*s) || !begins(end, "+0x"))
		return NULL;
	end += 3 + strspn(end + 3, "0123456789abcdef");
	if (!begins(end, "/0x"))
		return NULL;
	return end + 3 + strspn(end + 3, "0123456789abcdef");
}

/* "? function+0x28/0x180 [module]", "[<c04e5d30>] (function". Returns what follows, or NULL. */
static const char *skip_frame(const char *s)
{
	const char *end;

	if (begins(s, "[<") && begins(s + strcspn(s, " "), " ("))
		return s + strcspn(s, " ") + 2;
	if (begins(s, "[<"))
		s = skip_spaces(s + strcspn(s, " "));
	if (begins(s, "? "))
		s = skip_spaces(s + 2);
	end = skip_symbol(s);
	if (!end)
		return NULL;
	s = skip_spaces(end);
	return *s == '[' && s[1] != '<' ? s + strcspn(s, "]") : end;
}

/* ---- paragraphs ---- */

/* Words that a line ends in when the frames of a stack follow it. */
static bool frames_follow(const char *text, const char *at)
{
	static const char *const ends[] = { "race:", "TASK>", "IRQ>", "NMI>" };

	while (at > text && at[-1] == ' ')
		at--;
	/* "Freed by task 205:" */
	if (at > text && at[-1] == ':' &&
	    (begins(text, "Freed by ") || begins(text, "Allocated by ")))
		return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const size_t len = strlen(ends[i]);

		if ((size_t)(at - text) >= len && strncmp(at - len, ends[i], len) == 0)
			return true;
	}
	return false;
}

/* Behind "from", or behind another address, the address at @at is a part of the frame. */
static bool is_second_address(const char *text, const char *at)
{
	while (at > text && at[-1] == ' ')
		at--;
	return (at - text >= 4 && strncmp(at - 4, "from", 4) == 0) ||
	       (at - text >= 2 && strncmp(at - 2, ">]", 2) == 0);
}

/*
 * A frame begins a line when a frame or the heading of a stack is right before it; the symbol in
 * "pc : function+0x28/0x180" does not. The second part of arm32's "(f) from [<...>] (g+0x1/0x2)" is no
 * line either.
 */
const char *oops_inside_paragraph(const char *text)
{
	const char *frame_end = skip_frame(text);

	for (const char *s = text; (s = strchr(s, ' ')) != NULL;) {
		const char *before = s;

		s = skip_spaces(s);
		if (frame_end && s < frame_end)
			continue;
		if (oops_is_heading(s) || (before[-1] == '-' && begins(s, "Kernel panic - not")))
			return s;
		if (!skip_frame(s))
			continue;
		if (*s == '[' ? !is_second_address(text, before)
			      : frame_end || frames_follow(text, before))
			return s;
	}
	return NULL;
}

bool oops_is_paragraph(const char *text, bool before)
{
	const size_t time = strspn(text, "0123456789.");

	/* The rest of a time whose beginning is in the line before: times tell better. */
	if (time > 0 && text[time] == ']')
		return false;
	if (!before && strnlen(text, PARAGRAPH_MIN) < PARAGRAPH_MIN)
		return false;
	return oops_inside_paragraph(text) != NULL;
}
