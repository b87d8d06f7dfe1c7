// SPDX-License-Identifier: GPL-2.0-only
/* Takes single lines apart: first symbols, frames and registers, then what is said in words. */
#include "oops/facts.h"

#include <ctype.h>
#include <stdlib.h>

/* ---- symbols and frames ---- */

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
	return begins(s, " from ") ? s + 6 : NULL;
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

	memset(frames, 0, 2 * sizeof(frames[0]));
	s = skip_marks(text, &frames[0]);
	end = oops_parse_symbol(s, &frames[0]);
	/* arm64 may add marks like " (P)"; anything else is a sentence with a symbol in it. */
	if (end && (!*skip_spaces(end) || begins(end, " (")))
		return 1;
	return parse_from(s, frames);
}

/* What follows @form at the start of @text is where the register points to. */
static bool parse_register(const char *text, const char *form, struct oops_frame *frame)
{
	const char *s;

	if (!begins(text, form))
		return false;
	memset(frame, 0, sizeof(*frame));
	s = skip_spaces(text + strlen(form));
	/* x86 has the code segment in front: "RIP: 0010:" */
	if (begins(text + 1, "IP: ") && isxdigit((unsigned char)*s) && strchr(s, ':') == s + 4)
		s = skip_spaces(s + 5);
	return oops_parse_symbol(skip_address(skip_address(s)), frame);
}

bool oops_parse_pc(const char *text, struct oops_frame *frame)
{
	static const char *const forms[] = { "RIP: ",  "EIP: ",	     "pc : ", "PC is at ",
					     "epc : ", "EIP is at ", "IP: " };

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (parse_register(text, forms[i], frame))
			return true;
	return false;
}

bool oops_parse_lr(const char *text, struct oops_frame *frame)
{
	return parse_register(text, "lr : ", frame) || parse_register(text, "LR is at ", frame) ||
	       parse_register(text, "ra : ", frame);
}

/* ---- process, CPU, kernel, address ---- */

/* Copies what is in front of the first space. */
static void read_word(char *to, size_t size, const char *from)
{
	copy(to, size, from, from + strcspn(from, " "));
}

static void read_process(const char *comm, const char *end, const char *pid,
			 struct oops_report *report)
{
	while (end > comm && end[-1] == ' ')
		end--;
	copy(report->comm, sizeof(report->comm), comm, end);
	if (pid)
		report->pid = strtol(pid, NULL, 10);
}

/* "Tainted: G           O      5.15.129 #1", "Not tainted 6.1.0-13-arm64 #1 Debian ..." */
static void read_taint(const char *text, struct oops_report *report)
{
	const char *s = behind(text, "Not tainted ");
	size_t n = 0;

	if (!s) {
		s = behind(text, "Tainted: ");
		if (!s)
			return;
		/* Single letters up to the version, of which the first is a digit. */
		for (; *s && !isdigit((unsigned char)*s); s++)
			if (isupper((unsigned char)*s) && n < sizeof(report->tainted) - 1)
				report->tainted[n++] = *s;
		report->tainted[n] = '\0';
	}
	s = skip_spaces(s);
	if (isdigit((unsigned char)*s))
		read_word(report->kernel, sizeof(report->kernel), s);
}

void oops_read_cpu(const char *text, struct oops_report *report)
{
	const char *cpu = behind(text, "CPU: "), *comm = behind(text, " Comm: "), *end;

	if (!cpu || !comm)
		return;
	end = strstr(comm, " Tainted: ") ?: strstr(comm, " Not tainted ");
	read_word(report->cpu, sizeof(report->cpu), cpu);
	read_process(comm, end ?: comm + strlen(comm), behind(text, " PID: "), report);
	read_taint(text, report);
}

void oops_read_task(const char *text, struct oops_report *report)
{
	const char *comm = behind(text, "task:"), *end = strstr(text, " state:");

	if (comm && end)
		read_process(comm, end, behind(text, " pid:"), report);
}

/* "Read of size 8 at addr ffff888003777518 by task rpmsg-load/205" */
static void read_access(const char *text, struct oops_report *report)
{
	const char *task = behind(text, " by task "), *slash = strrchr(text, '/'),
		   *addr = behind(text, " at addr ");

	if (addr) {
		report->address = strtoull(addr, NULL, 16);
		report->has_address = true;
	}
	if (slash && slash >= task)
		read_process(task, slash, slash + 1, report);
}

/* "[ffff800015b3a002] pgd=..., pte=0000000000000000" and "PGD 100067 P4D ... PTE 0" */
static bool is_unmapped(const char *text)
{
	const char *pte;

	if (begins(text, "PGD ")) {
		pte = behind(text, " PTE 0");
		return pte && (*pte == '\0' || *pte == ' ');
	}
	pte = text[0] == '[' && strstr(text, "pgd=") ? strstr(text, "pte=0") : NULL;
	return pte && strspn(pte + strlen("pte="), "0") >= 8;
}

bool oops_read_facts(const struct oops_line *line, struct oops_report *r)
{
	const char *text = line->text;

	if (begins(text, "Hardware name: "))
		snprintf(r->hardware, sizeof(r->hardware), "%s", behind(text, "Hardware name: "));
	else if (begins(text, "Modules linked in:"))
		r->rpmsg_listed = strstr(text, "rpmsg") != NULL;
	else if (strstr(text, " of size ") && strstr(text, " by task "))
		read_access(text, r);
	else if (is_unmapped(text))
		oops_set_quote(&r->unmapped, line);
	else if (begins(text, "Tainted: ") || begins(text, "Not tainted "))
		read_taint(text, r);
	else
		return false;
	return true;
}

/* ---- what a header says beyond the kind of the report ---- */

static void read_address(const char *text, struct oops_report *report)
{
	static const char *const before[] = { "virtual address ",   "address: ",
					      "canonical address ", "dereference at ",
					      "request at ",	    ") at 0x" };

	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]) && !report->has_address; i++) {
		const char *s = behind(text, before[i]);
		char *end;

		if (!s)
			continue;
		report->address = strtoull(s, &end, 16);
		report->has_address = end - s >= 3;
	}
}

/* "BUG: KASAN: use-after-free in rpmsg_send+0x21/0x60 [rpmsg_core]", "... at file:1 f+0x1/0x2" */
static void read_function(const struct oops_line *line, struct oops_report *report)
{
	const bool warning = report->kind == OOPS_WARNING;
	const char *s = warning ? strrchr(line->text, '+') : behind(line->text, " in ");

	while (warning && s && s > line->text && s[-1] != ' ')
		s--;
	if (s && oops_parse_symbol(s, &report->pc))
		oops_set_quote(&report->pc.quote, line);
}

/* "NAME:PID" between @from and @end; names can hold colons and spaces. */
static void read_named_task(const char *from, const char *end, struct oops_report *report)
{
	const char *colon = memrchr(from, ':', (size_t)(end - from));

	if (colon && isdigit((unsigned char)colon[1]))
		read_process(from, colon, colon + 1, report);
}

void oops_read_header(const struct oops_line *line, struct oops_report *report)
{
	const char *s, *end;

	read_address(line->text, report);
	if (report->kind == OOPS_KASAN || report->kind == OOPS_WARNING)
		read_function(line, report);
	s = behind(line->text, "INFO: task ");
	end = s ? strstr(s, " blocked for more than ") : NULL;
	if (end)
		read_named_task(s, end, report);
	s = behind(line->text, "soft lockup");
	s = s ? strchr(s, '[') : NULL;
	end = s ? strrchr(s, ']') : NULL;
	if (end)
		read_named_task(s + 1, end, report);
}
