// SPDX-License-Identifier: GPL-2.0-only
#include "oops/body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oops/contexts.h"
#include "oops/facts.h"

/* Of the CPUs that a stall report shows, so many are looked at. */
#define STALL_DUMPS_MAX 4

static void append(struct oops_trace *trace, const struct oops_frame *frame,
		   const struct oops_line *line)
{
	struct oops_frame *to = &trace->frames[trace->n];

	/* arm32's next line begins with what this one ended with. */
	if (trace->n > 0 && frame->quote[0] &&
	    strcmp(trace->frames[trace->n - 1].function, frame->function) == 0)
		return;
	if (trace->n == OOPS_FRAMES_MAX)
		return;
	*to = *frame;
	to->line = line->number;
	snprintf(to->quote, sizeof(to->quote), "%.*s", OOPS_QUOTE_MAX - 1, line->text);
	trace->n++;
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
	/* Marks a callee that may repeat the caller of the line before. */
	if (n == 2)
		frames[0].quote[0] = '+';
	for (size_t i = 0; i < n; i++)
		append(c->section, &frames[i], parser->line);
	return true;
}

static bool read_registers(struct oops_context *c, const struct oops_line *line)
{
	struct oops_frame frame, *to;

	if (oops_parse_pc(line->text, &frame))
		to = &c->open->pc;
	else if (oops_parse_lr(line->text, &frame))
		to = &c->open->lr;
	else
		return false;
	/* The first one is that of the fault; more follow for contexts that were interrupted. */
	if (to->function[0] && to->line)
		return true;
	*to = frame;
	to->line = line->number;
	snprintf(to->quote, sizeof(to->quote), "%.*s", OOPS_QUOTE_MAX - 1, line->text);
	return true;
}

/* Headings within a report; sets where the frames that follow belong. */
static bool read_section(struct oops_context *c, const struct oops_line *line)
{
	struct oops_report *r = c->open;
	const char *text = line->text;

	if (begins(text, "Call trace:") || begins(text, "Call Trace:") ||
	    begins(text, "Backtrace:")) {
		c->section = r->trace.n == 0 ? &r->trace : NULL;
		c->skip_trace = !c->section;
	} else if (begins(text, "Freed by task") || begins(text, "freed by task")) {
		c->section = r->freed.n == 0 ? &r->freed : NULL;
		c->skip_trace = false;
		r->freed_line = line->number;
	} else if (begins(text, "Allocated by task") || begins(text, "allocated by task")) {
		c->section = r->allocated.n == 0 ? &r->allocated : NULL;
		c->skip_trace = false;
	} else if (begins(text, "Last potentially related") ||
		   begins(text, "Second to last potentially") ||
		   begins(text, "The buggy address")) {
		c->section = NULL;
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
	struct oops_report *report;
	size_t dumps = 0;

	if (first->kind != OOPS_STALL || (first->trace.n == 0 && !first->pc.function[0]))
		return;
	for (size_t i = 0; i < parser->n; i++)
		dumps += parser->reports[i]->line == first->line;
	if (dumps >= STALL_DUMPS_MAX) {
		c->skip_trace = true;
		return;
	}
	report = oops_add_report(parser, OOPS_STALL);
	if (!report)
		return;
	report->line = first->line;
	report->message = first->message;
	report->clock = first->clock;
	report->time = first->time;
	memcpy(report->header, first->header, sizeof(report->header));
	oops_open_report(c, report, false);
}

static bool read_task_lines(struct oops_parser *parser, struct oops_context *c)
{
	const char *text = parser->line->text;

	if (begins(text, "CPU: ") && strstr(text, " Comm: ")) {
		const char *pid = strstr(text, " PID: ");

		next_dump(parser, c);
		if (c->waiting && c->open->pid >= 0 && pid &&
		    strtol(pid + strlen(" PID: "), NULL, 10) != c->open->pid)
			oops_close_report(parser, c);
		if (!c->open->cpu[0])
			oops_read_cpu(text, c->open);
		else if (pid && c->open->pid >= 0 && c->open->trace.n == 0 &&
			 strtol(pid + strlen(" PID: "), NULL, 10) != c->open->pid)
			c->open->tangled = true;
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
	if (is_end(c->open, parser->line->text)) {
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
