// SPDX-License-Identifier: GPL-2.0-only
/* Keeps the open reports apart, and fills them with what is between their header and their end. */
#include "oops/reports.h"

#include <stdlib.h>

#include "oops/facts.h"
#include "oops/symbols.h"

/* Of the CPUs that a stall report shows, so many are looked at. */
#define STALL_DUMPS_MAX 4

/* ---- reports ---- */

static bool in_use(const struct oops_parser *parser, const struct oops_report *report)
{
	for (size_t i = 0; i < parser->n_contexts; i++)
		if (parser->contexts[i].open == report || parser->contexts[i].waiting == report)
			return true;
	return false;
}

/* Warnings can come in thousands; they must not keep out the oops that follows them. */
static bool make_room(struct oops_parser *parser, enum oops_kind kind)
{
	struct oops_log *log = &parser->log;

	if (kind <= OOPS_WARNING && log->n >= OOPS_REPORTS_MAX / 2)
		return false;
	if (log->n < OOPS_REPORTS_MAX)
		return true;
	for (size_t i = log->n; i-- > 0;) {
		if (log->reports[i]->kind > OOPS_WARNING || in_use(parser, log->reports[i]))
			continue;
		free(log->reports[i]);
		log->n--;
		memmove(&log->reports[i], &log->reports[i + 1],
			(log->n - i) * sizeof(log->reports[0]));
		log->dropped++;
		return true;
	}
	return false;
}

struct oops_report *oops_add_report(struct oops_parser *parser, enum oops_kind kind)
{
	const struct oops_line *line = parser->line;
	struct oops_report *report = NULL;

	if (make_room(parser, kind)) {
		report = calloc(1, sizeof(*report));
		parser->log.out_of_memory |= !report;
	}
	if (!report) {
		parser->log.dropped++;
		return NULL;
	}
	parser->log.reports[parser->log.n++] = report;
	report->kind = kind;
	report->boot = parser->boot.number;
	report->message = report->message_end = parser->messages;
	report->clock = line->clock;
	report->time = report->time_end = report->time_last = line->time;
	report->pid = -1;
	report->before = parser->boot.seen;
	oops_set_quote(&report->header, line);
	strcpy(report->kernel, parser->boot.kernel);
	return report;
}

/* ---- which CPU or task prints which report ---- */

/*
 * The context that has been quiet for longest and has no report open. The first context is for lines
 * without an id, and is never given away; it also takes the lines that no context is left for.
 */
static struct oops_context *spare_context(struct oops_parser *parser)
{
	struct oops_context *spare = &parser->contexts[0];

	if (parser->n_contexts < OOPS_CONTEXTS_MAX)
		return &parser->contexts[parser->n_contexts++];
	for (size_t i = 1; i < OOPS_CONTEXTS_MAX; i++) {
		struct oops_context *c = &parser->contexts[i];

		if (!c->open && (spare == parser->contexts || c->seen < spare->seen))
			spare = c;
	}
	if (spare != parser->contexts)
		memset(spare, 0, sizeof(*spare));
	return spare;
}

struct oops_context *oops_find_context(struct oops_parser *parser)
{
	const struct oops_line *line = parser->line;
	struct oops_context *c;

	for (c = parser->contexts; c < parser->contexts + parser->n_contexts; c++)
		if (c->caller == line->caller && c->caller_id == line->caller_id)
			return c;
	c = spare_context(parser);
	if (c != parser->contexts) {
		c->caller = line->caller;
		c->caller_id = line->caller_id;
	}
	return c;
}

void oops_open_report(struct oops_context *c, struct oops_report *report, bool dead)
{
	c->open = report;
	c->section = NULL;
	c->dead = dead;
	c->skip_trace = false;
	c->skip_line = false;
}

void oops_close_report(struct oops_parser *parser, struct oops_context *c)
{
	if (!c->open)
		return;
	c->closed_message = parser->messages;
	oops_open_report(c, c->waiting, false);
	c->waiting = NULL;
}

/* ---- frames and registers ---- */

static void append(struct oops_trace *trace, const struct oops_frame *frame,
		   const struct oops_line *line)
{
	if (trace->n == OOPS_FRAMES_MAX)
		return;
	trace->frames[trace->n] = *frame;
	oops_set_quote(&trace->frames[trace->n++].quote, line);
}

/* On arm32, each line begins with the function that the line before ended with. */
static bool is_repeated(const struct oops_trace *trace, const struct oops_frame *callee)
{
	return trace->n > 0 && strcmp(trace->frames[trace->n - 1].function, callee->function) == 0;
}

static bool read_frames(struct oops_parser *parser, struct oops_context *c)
{
	struct oops_frame frames[2];
	const size_t n = oops_parse_frames(parser->line->text, frames);

	if (n == 0)
		return false;
	if (!c->section && c->open->trace.n == 0)
		c->section = &c->open->trace;
	if (!c->section)
		return true;
	for (size_t i = n == 2 && is_repeated(c->section, frames); i < n; i++)
		append(c->section, &frames[i], parser->line);
	return true;
}

static bool read_registers(struct oops_context *c, const struct oops_line *line)
{
	struct oops_frame frame, *to;
	const enum oops_register which = oops_parse_register(line->text, &frame);

	if (which == OOPS_REGISTER_NONE)
		return false;
	to = which == OOPS_REGISTER_PC ? &c->open->pc : &c->open->lr;
	if (!frame.function[0]) {
		c->open->no_pc |= which == OOPS_REGISTER_PC && !to->function[0];
		return true;
	}
	/* The first line is about the fault; more follow for contexts that were interrupted. */
	if (!to->function[0]) {
		*to = frame;
		oops_set_quote(&to->quote, line);
	}
	return true;
}

/* ---- headings ---- */

/* The frames that follow are those of @section, unless it has some already. */
static void begin_section(struct oops_context *c, struct oops_trace *section)
{
	c->section = section && section->n == 0 ? section : NULL;
}

/* Headings within a report; sets where the frames that follow belong. */
static bool read_section(struct oops_context *c, const struct oops_line *line)
{
	struct oops_report *r = c->open;
	const char *text = line->text;

	if (begins(text, "Call trace:") || begins(text, "Call Trace:") ||
	    begins(text, "Backtrace:")) {
		c->skip_line = false;
		begin_section(c, &r->trace);
		c->skip_trace = !c->section;
	} else if (begins(text, "Freed by task") || begins(text, "freed by task")) {
		begin_section(c, &r->freed);
		c->skip_trace = false;
		r->freed_line = line->number;
	} else if (begins(text, "Allocated by task") || begins(text, "allocated by task")) {
		begin_section(c, &r->allocated);
		c->skip_trace = false;
	} else if (begins(text, "Preemption disabled at:")) {
		c->skip_line = true;
	} else if (begins(text, "Last potentially related") ||
		   begins(text, "Second to last potentially") ||
		   begins(text, "The buggy address")) {
		begin_section(c, NULL);
		c->skip_trace = true;
	} else {
		return false;
	}
	return true;
}

/* The CPUs of a stall are reports of their own, each with the stall's heading. */
static void next_dump(struct oops_parser *parser, struct oops_context *c)
{
	const struct oops_report *first = c->open;
	const struct oops_log *log = &parser->log;
	struct oops_report *report;
	size_t dumps = 0;

	if (first->kind != OOPS_STALL || (first->trace.n == 0 && !first->pc.function[0]))
		return;
	for (size_t i = 0; i < log->n; i++)
		dumps += log->reports[i]->message == first->message;
	if (dumps >= STALL_DUMPS_MAX) {
		c->skip_trace = true;
		return;
	}
	report = oops_add_report(parser, OOPS_STALL);
	if (!report)
		return;
	report->message = first->message;
	report->clock = first->clock;
	report->time = first->time;
	report->header = first->header;
	oops_open_report(c, report, false);
}

/* "CPU: 1 PID: 95780 Comm: python ...": the process that the report, or a line in it, is about. */
static void read_cpu(struct oops_parser *parser, struct oops_context *c)
{
	const char *text = parser->line->text, *pid = behind(text, " PID: ");
	bool other;

	next_dump(parser, c);
	other = pid && c->open->pid >= 0 && strtol(pid, NULL, 10) != c->open->pid;
	if (other && c->waiting)
		oops_close_report(parser, c);
	if (!c->open->cpu[0])
		oops_read_cpu(text, c->open);
	else if (other && c->open->trace.n == 0)
		c->open->tangled = true;
}

static bool read_task_lines(struct oops_parser *parser, struct oops_context *c)
{
	const char *text = parser->line->text;

	if (begins(text, "CPU: ") && strstr(text, " Comm: ")) {
		read_cpu(parser, c);
	} else if (begins(text, "task:") && strstr(text, " state:")) {
		next_dump(parser, c);
		oops_read_task(text, c->open);
	} else if (begins(text, "NMI backtrace for cpu ") || begins(text, "Task dump for CPU ")) {
		next_dump(parser, c);
	} else {
		return false;
	}
	return true;
}

static bool is_end(const struct oops_report *report, const char *text)
{
	if (begins(text, "---[ end "))
		return true;
	return report->kind == OOPS_KASAN && report->trace.n > 0 && strspn(text, "=") >= 20;
}

void oops_read_body(struct oops_parser *parser, struct oops_context *c)
{
	struct oops_frame frames[2];

	if (c->skip_line && oops_parse_frames(parser->line->text, frames) > 0) {
		c->skip_line = false;
		return;
	}
	if (is_end(c->open, parser->line->text)) {
		c->open->ended = true;
		oops_close_report(parser, c);
		return;
	}
	if (read_task_lines(parser, c) || read_section(c, parser->line) ||
	    oops_read_facts(parser->line, c->open) ||
	    (!c->skip_trace && read_registers(c, parser->line)) ||
	    (!c->skip_trace && read_frames(parser, c))) {
		c->last_message = parser->messages;
		c->open->message_end = parser->messages;
		c->open->time_end = parser->line->time;
	}
}
