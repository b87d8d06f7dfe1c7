// SPDX-License-Identifier: GPL-2.0-only
/* Reads what a line says in words: process, CPU, kernel, address, access. */
#include "oops/facts.h"

#include <ctype.h>
#include <stdlib.h>

#include "oops/symbols.h"

/* ---- process, CPU, kernel, address ---- */

/* Copies what is in front of the first space. */
static void read_word(char *to, size_t size, const char *from)
{
	oops_copy(to, size, from, from + strcspn(from, " "));
}

static void read_process(const char *comm, const char *end, const char *pid,
			 struct oops_report *report)
{
	while (end > comm && end[-1] == ' ')
		end--;
	oops_copy(report->comm, sizeof(report->comm), comm, end);
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

/* Bits of arm64's syndrome register: a data abort in the kernel, and its cause. */
#define ESR_CLASS(esr) ((esr) >> 26)
#define ESR_CLASS_DATA_ABORT 0x25
#define ESR_CAUSE(esr) ((esr)&0x3f)
#define ESR_CAUSE_ALIGNMENT 0x21

/* The heading is the same for all causes; the cause is in "ESR = 0x96000061", "Oops: 96000061". */
static void read_syndrome(const char *text, struct oops_report *r)
{
	const char *s = behind(text, "ESR = ") ?: behind(text, "Oops: ");
	const unsigned long long esr = s ? strtoull(s, NULL, 16) : 0;

	if (r->kind != OOPS_PAGE_FAULT)
		return;
	if (strstr(text, "FSC = 0x21") ||
	    (ESR_CLASS(esr) == ESR_CLASS_DATA_ABORT && ESR_CAUSE(esr) == ESR_CAUSE_ALIGNMENT))
		r->kind = OOPS_ALIGNMENT;
}

bool oops_read_facts(const struct oops_line *line, struct oops_report *r)
{
	const char *text = line->text;

	read_syndrome(text, r);
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
