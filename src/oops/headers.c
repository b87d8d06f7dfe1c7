// SPDX-License-Identifier: GPL-2.0-only
#include "oops/headers.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first that fits counts: the narrower ones come before the wider. */
static const struct {
	const char *begin;
	enum oops_header header;
	enum oops_kind kind;
} headers[] = {
	{ "Unable to handle kernel NULL pointer", OOPS_HEADER_BEGIN, OOPS_NULL_POINTER },
	{ "Unable to handle kernel", OOPS_HEADER_BEGIN, OOPS_PAGE_FAULT },
	{ "BUG: unable to handle kernel NULL pointer", OOPS_HEADER_BEGIN, OOPS_NULL_POINTER },
	{ "BUG: kernel NULL pointer dereference", OOPS_HEADER_BEGIN, OOPS_NULL_POINTER },
	{ "BUG: unable to handle ", OOPS_HEADER_BEGIN, OOPS_PAGE_FAULT },
	{ "general protection fault", OOPS_HEADER_BEGIN, OOPS_PROTECTION },
	{ "Oops: general protection fault", OOPS_HEADER_BEGIN, OOPS_PROTECTION },
	{ "Unhandled fault: ", OOPS_HEADER_BEGIN, OOPS_ABORT },
	{ "Unhandled prefetch abort", OOPS_HEADER_BEGIN, OOPS_ABORT },
	{ "SError Interrupt on CPU", OOPS_HEADER_BEGIN, OOPS_ABORT },
	{ "Internal error: synchronous external abort", OOPS_HEADER_GOES_ON, OOPS_ABORT },
	{ "Internal error: synchronous parity", OOPS_HEADER_GOES_ON, OOPS_ABORT },
	{ "Internal error: ", OOPS_HEADER_GOES_ON, OOPS_OTHER },
	{ "Oops: ", OOPS_HEADER_GOES_ON, OOPS_OTHER },
	{ "Oops [#", OOPS_HEADER_GOES_ON, OOPS_OTHER },
	{ "kernel BUG at ", OOPS_HEADER_BEGIN, OOPS_BUG },
	{ "Kernel BUG at ", OOPS_HEADER_BEGIN, OOPS_BUG },
	{ "BUG: KASAN: ", OOPS_HEADER_BEGIN, OOPS_KASAN },
	{ "BUG: KFENCE: ", OOPS_HEADER_BEGIN, OOPS_KASAN },
	{ "BUG: KCSAN: ", OOPS_HEADER_BEGIN, OOPS_LINT },
	{ "BUG: KMSAN: ", OOPS_HEADER_BEGIN, OOPS_LINT },
	{ "UBSAN: ", OOPS_HEADER_BEGIN, OOPS_LINT },
	{ "watchdog: BUG: soft lockup", OOPS_HEADER_BEGIN, OOPS_STALL },
	{ "NMI watchdog: BUG: soft lockup", OOPS_HEADER_BEGIN, OOPS_STALL },
	{ "BUG: soft lockup", OOPS_HEADER_BEGIN, OOPS_STALL },
	{ "BUG: workqueue lockup", OOPS_HEADER_BEGIN, OOPS_STALL },
	{ "NMI watchdog: Watchdog detected hard LOCKUP", OOPS_HEADER_BEGIN, OOPS_STALL },
	{ "watchdog: Watchdog detected hard LOCKUP", OOPS_HEADER_BEGIN, OOPS_STALL },
	{ "Watchdog detected hard LOCKUP", OOPS_HEADER_BEGIN, OOPS_STALL },
	{ "BUG: scheduling while atomic", OOPS_HEADER_BEGIN, OOPS_LINT },
	{ "BUG: sleeping function called", OOPS_HEADER_BEGIN, OOPS_LINT },
	{ "BUG: spinlock ", OOPS_HEADER_BEGIN, OOPS_BUG },
	{ "BUG: ", OOPS_HEADER_BEGIN, OOPS_BUG },
	{ "WARNING: possible ", OOPS_HEADER_BEGIN, OOPS_LINT },
	{ "WARNING: suspicious RCU usage", OOPS_HEADER_BEGIN, OOPS_LINT },
	{ "WARNING: CPU: ", OOPS_HEADER_BEGIN, OOPS_WARNING },
	{ "WARNING: at ", OOPS_HEADER_BEGIN, OOPS_WARNING },
	{ "Kernel panic - not syncing", OOPS_HEADER_PANIC, OOPS_PANIC },
};

/* "INFO: rcu_sched self-detected stall on CPU", "INFO: task python:123 blocked for more than". */
static bool find_info(const char *text, enum oops_kind *kind)
{
	if (begins(text, "rcu: "))
		text += 5;
	if (!begins(text, "INFO: "))
		return false;
	if (strstr(text, " detected stall") || strstr(text, "self-detected stall") ||
	    strstr(text, "detected expedited stall")) {
		*kind = OOPS_STALL;
		return true;
	}
	if (strstr(text, " blocked for more than ")) {
		*kind = OOPS_HUNG_TASK;
		return true;
	}
	return false;
}

/* Since 6.19: "WARNING: drivers/rpmsg/rpmsg_core.c:109 at rpmsg_send+0x24/0x40, CPU#1: ssh/75". */
static bool is_new_warning(const char *text)
{
	return begins(text, "WARNING: ") && strstr(text, " at ") && strstr(text, ", CPU#");
}

/* "divide error: 0000 [#1] SMP" and all the other exceptions of x86. */
static bool is_exception(const char *text)
{
	const char *mark = strstr(text, " [#");

	return mark && isdigit((unsigned char)mark[3]) && strstr(text, ": 0000 [#") &&
	       isalpha((unsigned char)text[0]);
}

enum oops_header oops_find_header(const char *text, enum oops_kind *kind)
{
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		if (!begins(text, headers[i].begin))
			continue;
		*kind = headers[i].kind;
		return headers[i].header;
	}
	if (find_info(text, kind))
		return OOPS_HEADER_BEGIN;
	if (is_new_warning(text)) {
		*kind = OOPS_WARNING;
		return OOPS_HEADER_BEGIN;
	}
	if (is_exception(text)) {
		*kind = OOPS_OTHER;
		return OOPS_HEADER_GOES_ON;
	}
	return OOPS_HEADER_NONE;
}

/* ---- what they say ---- */

static void read_address(const char *text, struct oops_report *report)
{
	static const char *const before[] = { "virtual address ",   "address: ",
					      "canonical address ", "dereference at ",
					      "request at ",	    ") at 0x" };

	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		const char *s = strstr(text, before[i]);
		char *end;

		if (!s)
			continue;
		s += strlen(before[i]);
		report->address = strtoull(s, &end, 16);
		report->has_address = end - s >= 3;
		if (report->has_address)
			return;
	}
}

/* "BUG: KASAN: use-after-free in rpmsg_send+0x21/0x60 [rpmsg_core]", "... at file:1 f+0x1/0x2" */
static void read_function(const char *text, struct oops_report *report)
{
	const char *s = strstr(text, " in ");

	if (report->kind == OOPS_WARNING)
		s = strrchr(text, '+');
	else if (s)
		s += 4;
	if (!s)
		return;
	if (report->kind == OOPS_WARNING)
		while (s > text && s[-1] != ' ')
			s--;
	if (oops_parse_symbol(s, &report->pc))
		snprintf(report->pc.quote, sizeof(report->pc.quote), "%.*s",
			 (int)sizeof(report->pc.quote) - 1, text);
}

/* "NAME:PID" between @from and the end of the word; names can hold colons and spaces. */
static void read_task(const char *from, const char *end, struct oops_report *report)
{
	const char *colon = end;

	while (colon > from && *colon != ':')
		colon--;
	if (*colon != ':' || !isdigit((unsigned char)colon[1]))
		return;
	snprintf(report->comm, sizeof(report->comm), "%.*s", (int)(colon - from), from);
	report->pid = strtol(colon + 1, NULL, 10);
}

void oops_read_header(const char *text, struct oops_report *report)
{
	const char *s, *end;

	read_address(text, report);
	if (report->kind == OOPS_KASAN || report->kind == OOPS_WARNING)
		read_function(text, report);
	s = strstr(text, "INFO: task ");
	end = s ? strstr(s, " blocked for more than ") : NULL;
	if (end)
		read_task(s + strlen("INFO: task "), end, report);
	s = strstr(text, "soft lockup");
	s = s ? strchr(s, '[') : NULL;
	end = s ? strrchr(s, ']') : NULL;
	if (end)
		read_task(s + 1, end, report);
}
