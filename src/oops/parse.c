// SPDX-License-Identifier: GPL-2.0-only
/* Where reports begin and end: by their headers, by a gap, or by the lines of another CPU. */
#include "oops/parse.h"

#include <ctype.h>
#include <stdlib.h>

#include "oops/facts.h"
#include "oops/symbols.h"

/* After so much that is not part of a report, the report is over even if its end was lost. */
#define GAP_MESSAGES 60
#define GAP_SECONDS 5
/* Registers and traces that follow the end of a report belong to it. */
#define AFTERMATH_MESSAGES 40

void oops_parser_init(struct oops_parser *parser)
{
	memset(parser, 0, sizeof(*parser));
	parser->n_contexts = 1;
}

void oops_parser_free(struct oops_parser *parser)
{
	for (size_t i = 0; i < parser->log.n; i++)
		free(parser->log.reports[i]);
	parser->log.n = 0;
}

/* ---- headers ---- */

enum header {
	HEADER_NONE,
	HEADER_BEGIN,	/* a report begins */
	HEADER_GOES_ON, /* the exception's heading; begins a report when none is open */
	HEADER_PANIC,	/* the end of a report, or a report of its own */
};

/* The first that fits counts: a narrower text comes before a wider text. */
static const struct {
	const char *begin;
	enum header header;
	enum oops_kind kind;
} headers[] = {
	{ "Unable to handle kernel NULL pointer", HEADER_BEGIN, OOPS_NULL_POINTER },
	{ "Unable to handle kernel", HEADER_BEGIN, OOPS_PAGE_FAULT },
	{ "BUG: unable to handle kernel NULL pointer", HEADER_BEGIN, OOPS_NULL_POINTER },
	{ "BUG: kernel NULL pointer dereference", HEADER_BEGIN, OOPS_NULL_POINTER },
	{ "BUG: unable to handle ", HEADER_BEGIN, OOPS_PAGE_FAULT },
	{ "general protection fault", HEADER_BEGIN, OOPS_PROTECTION },
	{ "Oops: general protection fault", HEADER_BEGIN, OOPS_PROTECTION },
	{ "Unhandled fault: alignment", HEADER_BEGIN, OOPS_ALIGNMENT },
	{ "Alignment trap: not handling", HEADER_BEGIN, OOPS_ALIGNMENT },
	{ "Unhandled fault: ", HEADER_BEGIN, OOPS_ABORT },
	{ "Unhandled prefetch abort", HEADER_BEGIN, OOPS_ABORT },
	{ "SError Interrupt on CPU", HEADER_BEGIN, OOPS_ABORT },
	{ "Internal error: synchronous external abort", HEADER_GOES_ON, OOPS_ABORT },
	{ "Internal error: synchronous parity", HEADER_GOES_ON, OOPS_ABORT },
	{ "Internal error: ", HEADER_GOES_ON, OOPS_OTHER },
	{ "Oops: ", HEADER_GOES_ON, OOPS_OTHER },
	{ "Oops [#", HEADER_GOES_ON, OOPS_OTHER },
	{ "kernel BUG at ", HEADER_BEGIN, OOPS_BUG },
	{ "Kernel BUG at ", HEADER_BEGIN, OOPS_BUG },
	{ "BUG: KASAN: ", HEADER_BEGIN, OOPS_KASAN },
	{ "BUG: KFENCE: ", HEADER_BEGIN, OOPS_KASAN },
	{ "BUG: KCSAN: ", HEADER_BEGIN, OOPS_LINT },
	{ "BUG: KMSAN: ", HEADER_BEGIN, OOPS_LINT },
	{ "UBSAN: ", HEADER_BEGIN, OOPS_LINT },
	{ "watchdog: BUG: soft lockup", HEADER_BEGIN, OOPS_STALL },
	{ "NMI watchdog: BUG: soft lockup", HEADER_BEGIN, OOPS_STALL },
	{ "BUG: soft lockup", HEADER_BEGIN, OOPS_STALL },
	{ "BUG: workqueue lockup", HEADER_BEGIN, OOPS_STALL },
	{ "NMI watchdog: Watchdog detected hard LOCKUP", HEADER_BEGIN, OOPS_STALL },
	{ "watchdog: Watchdog detected hard LOCKUP", HEADER_BEGIN, OOPS_STALL },
	{ "Watchdog detected hard LOCKUP", HEADER_BEGIN, OOPS_STALL },
	{ "BUG: scheduling while atomic", HEADER_BEGIN, OOPS_LINT },
	{ "BUG: sleeping function called", HEADER_BEGIN, OOPS_LINT },
	{ "BUG: ", HEADER_BEGIN, OOPS_BUG },
	{ "WARNING: possible ", HEADER_BEGIN, OOPS_LINT },
	{ "WARNING: suspicious RCU usage", HEADER_BEGIN, OOPS_LINT },
	{ "refcount_t: ", HEADER_BEGIN, OOPS_WARNING },
	{ "WARNING: CPU: ", HEADER_BEGIN, OOPS_WARNING },
	{ "WARNING: at ", HEADER_BEGIN, OOPS_WARNING },
	{ "Kernel panic - not syncing", HEADER_PANIC, OOPS_PANIC },
};

/* "divide error: 0000 [#1] SMP" and all the other exceptions of x86. */
static bool is_exception(const char *text)
{
	const char *mark = behind(text, " [#");

	return mark && isdigit((unsigned char)*mark) && strstr(text, ": 0000 [#") &&
	       isalpha((unsigned char)text[0]);
}

/* Headers that do not begin alike. Sets @kind unless it returns HEADER_NONE. */
static enum header find_odd_header(const char *text, enum oops_kind *kind)
{
	const char *info = begins(text, "rcu: ") ? text + strlen("rcu: ") : text;

	if (is_exception(text)) {
		*kind = OOPS_OTHER;
		return HEADER_GOES_ON;
	}
	/* "INFO: rcu_sched self-detected stall on CPU" */
	if (begins(info, "INFO: ") &&
	    (strstr(info, " detected stall") || strstr(info, "self-detected stall") ||
	     strstr(info, "detected expedited stall")))
		*kind = OOPS_STALL;
	/* "INFO: task python:123 blocked for more than" */
	else if (begins(info, "INFO: ") && strstr(info, " blocked for more than "))
		*kind = OOPS_HUNG_TASK;
	/* Since 6.19: "WARNING: drivers/rpmsg/rpmsg_core.c:109 at rpmsg_send+0x24/0x40, CPU#1: ssh/75" */
	else if (begins(text, "WARNING: ") && strstr(text, " at ") && strstr(text, ", CPU#"))
		*kind = OOPS_WARNING;
	else
		return HEADER_NONE;
	return HEADER_BEGIN;
}

static enum header find_header(const char *text, enum oops_kind *kind)
{
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		if (!begins(text, headers[i].begin))
			continue;
		*kind = headers[i].kind;
		return headers[i].header;
	}
	return find_odd_header(text, kind);
}

/* ---- where reports begin and end ---- */

/* The kinds that print a heading of their own ("Oops:") behind the header. */
static bool is_exception_kind(enum oops_kind kind)
{
	return kind > OOPS_STALL && kind != OOPS_KASAN;
}

/*
 * Without caller ids the lines of two CPUs that die at once cannot be told apart. Exceptions take
 * turns with all but their first line, though: the second report waits until the first is through.
 */
static bool must_wait(const struct oops_context *c, enum oops_kind kind)
{
	return c->open && !c->waiting && !c->caller && is_exception_kind(c->open->kind) &&
	       is_exception_kind(kind) && c->dead && c->open->trace.n == 0;
}

static void begin_report(struct oops_parser *parser, struct oops_context *c, enum oops_kind kind)
{
	struct oops_report *report = oops_add_report(parser, kind);

	if (report)
		oops_read_header(parser->line, report);
	if (report && must_wait(c, kind)) {
		c->waiting = report;
		return;
	}
	oops_close_report(parser, c);
	c->waiting = NULL;
	oops_open_report(c, report, strstr(parser->line->text, " [#") != NULL);
	c->skip_trace = !report;
	c->last_message = parser->messages;
}

static void go_on(struct oops_parser *parser, struct oops_context *c, enum oops_kind kind)
{
	if (c->open && c->dead && c->waiting)
		oops_close_report(parser, c);
	if (c->open && !c->dead && is_exception_kind(c->open->kind)) {
		c->dead = true;
		c->last_message = parser->messages;
		if (kind == OOPS_ABORT)
			c->open->kind = kind;
		oops_read_facts(parser->line, c->open);
		return;
	}
	begin_report(parser, c, kind);
	c->dead = true;
}

/* A panic that names its reason has not come from an oops. */
static bool panic_stands_alone(const char *text)
{
	static const char *const reasons[] = { "Out of memory",	       "out of memory",
					       "System is deadlocked", "VFS: ",
					       "No working init",      "No init found",
					       "Requested init",       "sysrq triggered" };

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strstr(text, reasons[i]))
			return true;
	return false;
}

static bool close_in_time(const struct oops_parser *parser, const struct oops_report *report,
			  double seconds, unsigned long messages)
{
	const struct oops_line *line = parser->line;

	if (report->clock == line->clock && line->clock != OOPS_CLOCK_NONE)
		return line->time - report->time_end <= seconds;
	return parser->messages - report->message_end <= messages;
}

/* The last report of this boot, or NULL. */
static struct oops_report *last_report(const struct oops_parser *parser)
{
	struct oops_report *last = parser->log.n > 0 ? parser->log.reports[parser->log.n - 1]
						     : NULL;

	return last && last->boot == parser->boot.number ? last : NULL;
}

static void panic(struct oops_parser *parser, struct oops_context *c)
{
	struct oops_report *cause = c->open ?: last_report(parser);

	if (cause && !cause->panic.line && !panic_stands_alone(parser->line->text) &&
	    close_in_time(parser, cause, GAP_SECONDS, 4 * GAP_MESSAGES)) {
		oops_set_quote(&cause->panic, parser->line);
		/* "Kernel panic - not syncing: Oops: Fatal exception": what it was printed for. */
		if (cause->headless && strstr(parser->line->text, "Fatal exception"))
			cause->kind = OOPS_OTHER;
		/* An SError has no trace of its own; that of the panic goes through it. */
		if (cause == c->open && cause->trace.n == 0) {
			c->last_message = parser->messages;
			return;
		}
		oops_close_report(parser, c);
		c->skip_trace = true;
		return;
	}
	begin_report(parser, c, OOPS_PANIC);
}

static void begin_with_frame(struct oops_parser *parser, struct oops_context *c)
{
	begin_report(parser, c, OOPS_TRACE);
	if (c->open)
		c->open->headless = true;
}

/* A log whose beginning was cut off can start in the middle of an oops. */
static void begin_in_the_middle(struct oops_parser *parser, struct oops_context *c)
{
	const struct oops_line *line = parser->line;
	struct oops_frame frames[2];

	if (c->skip_trace || c->skip_line ||
	    (c->closed_message && parser->messages - c->closed_message < AFTERMATH_MESSAGES))
		return;
	if (oops_parse_register(line->text, &frames[0]) == OOPS_REGISTER_PC &&
	    frames[0].function[0])
		begin_report(parser, c, OOPS_OTHER);
	else if (begins(line->text, "Call trace:") || begins(line->text, "Call Trace:"))
		begin_report(parser, c, OOPS_TRACE);
	else if (oops_parse_frames(line->text, frames) > 0)
		begin_with_frame(parser, c);
	else
		return;
	if (c->open)
		oops_read_body(parser, c);
}

static void close_stale(struct oops_parser *parser, struct oops_context *c)
{
	if (!c->open || (parser->messages - c->last_message <= GAP_MESSAGES &&
			 close_in_time(parser, c->open, GAP_SECONDS, GAP_MESSAGES)))
		return;
	oops_close_report(parser, c);
	if (c->open) {
		c->last_message = parser->messages;
		c->open->time_end = parser->line->time;
	}
}

/* With caller ids, the CPU that a stall is reported of prints its own part of the report. */
static void join_stall(struct oops_parser *parser, struct oops_context *c)
{
	if (c->open || !begins(parser->line->text, "NMI backtrace for cpu "))
		return;
	for (size_t i = 0; i < parser->n_contexts; i++) {
		struct oops_context *other = &parser->contexts[i];

		if (!other->open || other->open->kind != OOPS_STALL)
			continue;
		oops_open_report(c, other->open, false);
		oops_open_report(other, NULL, false);
		c->last_message = parser->messages;
		return;
	}
}

/* ---- the log ---- */

/* How long the log goes on after a report says whether the kernel lived. */
static void note_end(struct oops_parser *parser)
{
	struct oops_report *last = last_report(parser);

	if (last && last->clock == parser->line->clock)
		last->time_last = parser->line->time;
}

/* Nothing of the boot before goes on. */
static void begin_boot(struct oops_parser *parser)
{
	for (size_t i = 0; i < parser->n_contexts; i++) {
		oops_open_report(&parser->contexts[i], NULL, false);
		parser->contexts[i].waiting = NULL;
		parser->contexts[i].closed_message = 0;
	}
}

void oops_parser_line(struct oops_parser *parser, const struct oops_line *line)
{
	struct oops_context *c;
	enum header header;
	enum oops_kind kind;

	parser->line = line;
	oops_note_event(&parser->boot, line, &parser->log, parser->messages);
	if (!line->kernel || !*line->text)
		return;
	parser->messages++;
	if (oops_note_boot(&parser->boot, line))
		begin_boot(parser);
	oops_note_driver(&parser->log, line);
	c = oops_find_context(parser);
	c->seen = parser->messages;
	close_stale(parser, c);
	join_stall(parser, c);
	header = find_header(line->text, &kind);
	if (header == HEADER_BEGIN)
		begin_report(parser, c, kind);
	else if (header == HEADER_GOES_ON)
		go_on(parser, c, kind);
	else if (header == HEADER_PANIC)
		panic(parser, c);
	else if (c->open)
		oops_read_body(parser, c);
	else
		begin_in_the_middle(parser, c);
	note_end(parser);
}

/* Behind a sentence that only happens to begin like a report, nothing of a report follows. */
static bool is_hollow(const struct oops_report *r)
{
	if (r->kind == OOPS_TRACE)
		return r->trace.n < 2;
	return (r->kind == OOPS_BUG || r->kind <= OOPS_WARNING || r->kind == OOPS_OTHER) &&
	       !r->pc.function[0] && r->trace.n == 0 && !r->comm[0];
}

/* The last report of its boot, when the log or the boot ended while it was being printed. */
static void note_cut(const struct oops_parser *parser, size_t i)
{
	const struct oops_log *log = &parser->log;
	struct oops_report *r = log->reports[i];

	if (!is_exception_kind(r->kind) || r->kind == OOPS_PANIC || r->ended || r->panic.line ||
	    (i + 1 < log->n && log->reports[i + 1]->boot == r->boot))
		return;
	r->cut = r->trace.n == 0 || r->message_end == parser->messages;
}

void oops_parser_finish(struct oops_parser *parser)
{
	struct oops_log *log = &parser->log;
	size_t kept = 0;

	for (size_t i = 0; i < log->n; i++)
		note_cut(parser, i);
	for (size_t i = 0; i < log->n; i++) {
		if (is_hollow(log->reports[i]))
			free(log->reports[i]);
		else
			log->reports[kept++] = log->reports[i];
	}
	log->n = kept;
}
