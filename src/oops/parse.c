// SPDX-License-Identifier: GPL-2.0-only
#include "oops/parse.h"

#include <stdlib.h>
#include <string.h>

#include "oops/body.h"
#include "oops/boot.h"
#include "oops/contexts.h"
#include "oops/facts.h"
#include "oops/headers.h"

/* After so much that is nothing of a report, the report is over even if its end was lost. */
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
	for (size_t i = 0; i < parser->n; i++)
		free(parser->reports[i]);
	parser->n = 0;
}

/* ---- where reports begin and end ---- */

/*
 * Without caller ids the lines of two CPUs that die at once cannot be told apart. Exceptions take
 * turns with all but their first line, though: the second one's is kept until the first is through.
 */
static bool must_wait(const struct oops_context *c, enum oops_kind kind)
{
	if (!c->open || c->waiting || c->caller || c->open->kind <= OOPS_STALL ||
	    c->open->kind == OOPS_KASAN)
		return false;
	if (kind <= OOPS_STALL || kind == OOPS_KASAN)
		return false;
	return c->dead && c->open->trace.n == 0;
}

static void begin_report(struct oops_parser *parser, struct oops_context *c, enum oops_kind kind)
{
	struct oops_report *report = oops_add_report(parser, kind);
	const char *text = parser->line->text;

	if (report) {
		oops_read_header(text, report);
		report->pc.line = report->pc.function[0] ? report->line : 0;
	}
	if (report && must_wait(c, kind)) {
		c->waiting = report;
		return;
	}
	oops_close_report(parser, c);
	c->waiting = NULL;
	oops_open_report(c, report, strstr(text, " [#") != NULL);
	c->skip_trace = !report;
	c->last_message = parser->messages;
}

static void go_on(struct oops_parser *parser, struct oops_context *c, enum oops_kind kind)
{
	if (c->open && c->dead && c->waiting)
		oops_close_report(parser, c);
	if (c->open && !c->dead && c->open->kind > OOPS_STALL && c->open->kind != OOPS_KASAN) {
		c->dead = true;
		c->last_message = parser->messages;
		if (kind == OOPS_ABORT)
			c->open->kind = kind;
		return;
	}
	begin_report(parser, c, kind);
	c->dead = true;
}

/* Those that say themselves why they are. */
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

static void panic(struct oops_parser *parser, struct oops_context *c)
{
	struct oops_report *last = parser->n > 0 ? parser->reports[parser->n - 1] : NULL;
	struct oops_report *cause = c->open ? c->open : last;

	if (cause && cause->boot == parser->boot && !cause->panic.line &&
	    !panic_stands_alone(parser->line->text) &&
	    close_in_time(parser, cause, GAP_SECONDS, 4 * GAP_MESSAGES)) {
		oops_set_quote(&cause->panic, parser->line);
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

/* A log whose beginning was cut off can start in the middle of an oops. */
static void begin_in_the_middle(struct oops_parser *parser, struct oops_context *c)
{
	const struct oops_line *line = parser->line;
	struct oops_frame frame;

	if (c->skip_trace ||
	    (c->closed_message && parser->messages - c->closed_message < AFTERMATH_MESSAGES))
		return;
	if (oops_parse_pc(line->text, &frame))
		begin_report(parser, c, OOPS_OTHER);
	else if (begins(line->text, "Call trace:") || begins(line->text, "Call Trace:"))
		begin_report(parser, c, OOPS_TRACE);
	else
		return;
	if (c->open)
		oops_read_body(parser, c);
}

static void close_stale(struct oops_parser *parser, struct oops_context *c)
{
	const struct oops_line *line = parser->line;

	if (!c->open)
		return;
	if (parser->messages - c->last_message > GAP_MESSAGES ||
	    !close_in_time(parser, c->open, GAP_SECONDS, GAP_MESSAGES)) {
		oops_close_report(parser, c);
		if (c->open) {
			c->last_message = parser->messages;
			c->open->time_end = line->time;
		}
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
	struct oops_report *last = parser->n > 0 ? parser->reports[parser->n - 1] : NULL;

	if (last && last->boot == parser->boot && last->clock == parser->line->clock)
		last->time_last = parser->line->time;
}

void oops_parser_line(struct oops_parser *parser, const struct oops_line *line)
{
	struct oops_context *c;
	enum oops_header header;
	enum oops_kind kind;

	parser->line = line;
	oops_note_event(parser);
	if (!line->kernel || !*line->text)
		return;
	parser->messages++;
	oops_note_boot(parser);
	oops_note_driver(parser);
	c = oops_find_context(parser, line);
	c->seen = parser->messages;
	close_stale(parser, c);
	join_stall(parser, c);
	header = oops_find_header(line->text, &kind);
	if (header == OOPS_HEADER_BEGIN)
		begin_report(parser, c, kind);
	else if (header == OOPS_HEADER_GOES_ON)
		go_on(parser, c, kind);
	else if (header == OOPS_HEADER_PANIC)
		panic(parser, c);
	else if (c->open)
		oops_read_body(parser, c);
	else
		begin_in_the_middle(parser, c);
	note_end(parser);
}

/* A sentence that happens to begin like a report has nothing of one behind it. */
static bool is_hollow(const struct oops_report *r)
{
	if (r->kind == OOPS_TRACE)
		return r->trace.n < 2;
	return (r->kind == OOPS_BUG || r->kind <= OOPS_WARNING || r->kind == OOPS_OTHER) &&
	       !r->pc.function[0] && r->trace.n == 0 && !r->comm[0];
}

void oops_parser_finish(struct oops_parser *parser)
{
	size_t kept = 0;

	for (size_t i = 0; i < parser->n; i++) {
		if (is_hollow(parser->reports[i]))
			free(parser->reports[i]);
		else
			parser->reports[kept++] = parser->reports[i];
	}
	parser->n = kept;
}
