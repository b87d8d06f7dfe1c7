// SPDX-License-Identifier: GPL-2.0-only
#include "oops/facts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

void oops_set_quote(struct oops_quote *quote, const struct oops_line *line)
{
	quote->line = line->number;
	snprintf(quote->text, sizeof(quote->text), "%.*s", OOPS_QUOTE_MAX - 1, line->text);
}

void oops_read_word(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%.*s", (int)strcspn(from, " "), from);
}

/* "Tainted: G           O      5.15.129 #1", "Not tainted 6.1.0-13-arm64 #1 Debian ..." */
static void read_taint(const char *text, struct oops_report *report)
{
	const char *s = strstr(text, "Not tainted ");
	size_t n = 0;

	if (s) {
		s += strlen("Not tainted ");
	} else {
		s = strstr(text, "Tainted: ");
		if (!s)
			return;
		/* Single letters up to the version, of which the first is a digit. */
		for (s += strlen("Tainted: "); *s && !isdigit((unsigned char)*s); s++)
			if (isupper((unsigned char)*s) && n < sizeof(report->tainted) - 1)
				report->tainted[n++] = *s;
		report->tainted[n] = '\0';
	}
	while (*s == ' ')
		s++;
	if (isdigit((unsigned char)*s))
		oops_read_word(report->kernel, sizeof(report->kernel), s);
}

/* "CPU: 1 PID: 95780 Comm: python Tainted: ..." */
void oops_read_cpu(const char *text, struct oops_report *report)
{
	const char *pid = strstr(text, " PID: "), *comm = strstr(text, " Comm: "), *end;

	oops_read_word(report->cpu, sizeof(report->cpu), text + strlen("CPU: "));
	if (pid)
		report->pid = strtol(pid + strlen(" PID: "), NULL, 10);
	if (comm) {
		comm += strlen(" Comm: ");
		end = strstr(comm, " Tainted: ");
		if (!end)
			end = strstr(comm, " Not tainted ");
		if (!end)
			end = comm + strlen(comm);
		while (end > comm && end[-1] == ' ')
			end--;
		snprintf(report->comm, sizeof(report->comm), "%.*s", (int)(end - comm), comm);
	}
	read_taint(text, report);
}

/* "task:rpmsg-load      state:R  running task     stack:    0 pid:   87 ppid:    85 ..." */
void oops_read_task(const char *text, struct oops_report *report)
{
	const char *comm = text + strlen("task:"), *end = strstr(text, " state:"),
		   *pid = strstr(text, " pid:");

	if (!end)
		return;
	while (end > comm && end[-1] == ' ')
		end--;
	snprintf(report->comm, sizeof(report->comm), "%.*s", (int)(end - comm), comm);
	if (pid)
		report->pid = strtol(pid + strlen(" pid:"), NULL, 10);
}

/* "Read of size 8 at addr ffff888003777518 by task rpmsg-load/205" */
static void read_access(const char *text, struct oops_report *report)
{
	const char *task = strstr(text, " by task "), *slash = strrchr(text, '/'),
		   *addr = strstr(text, " at addr ");

	if (addr) {
		report->address = strtoull(addr + strlen(" at addr "), NULL, 16);
		report->has_address = true;
	}
	if (!task || !slash || slash < task)
		return;
	task += strlen(" by task ");
	snprintf(report->comm, sizeof(report->comm), "%.*s", (int)(slash - task), task);
	report->pid = strtol(slash + 1, NULL, 10);
}

/* "[ffff800015b3a002] pgd=..., pte=0000000000000000" and "PGD 100067 P4D ... PTE 0" */
static bool is_unmapped(const char *text)
{
	const char *pte;

	if (begins(text, "PGD ")) {
		pte = strstr(text, " PTE 0");
		return pte && (pte[6] == '\0' || pte[6] == ' ');
	}
	if (text[0] != '[' || !strstr(text, "pgd="))
		return false;
	pte = strstr(text, "pte=0");
	return pte && strspn(pte + 4, "0") >= 8;
}

bool oops_read_facts(const struct oops_line *line, struct oops_report *r)
{
	const char *text = line->text;

	if (begins(text, "Hardware name: ")) {
		snprintf(r->hardware, sizeof(r->hardware), "%.*s", (int)sizeof(r->hardware) - 1,
			 text + strlen("Hardware name: "));
	} else if (begins(text, "Modules linked in:")) {
		r->rpmsg_listed = strstr(text, "rpmsg") != NULL;
	} else if (strstr(text, " of size ") && strstr(text, " by task ")) {
		read_access(text, r);
	} else if (is_unmapped(text)) {
		oops_set_quote(&r->unmapped, line);
	} else if (begins(text, "Tainted: ") || begins(text, "Not tainted ")) {
		read_taint(text, r);
	} else {
		return false;
	}
	return true;
}
