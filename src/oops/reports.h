/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reports that are open: which of them each CPU or task is printing, and what their lines say.
 * The lines of several CPUs come in turns, and what one CPU says must not end up in the report of
 * another CPU. For the parser only.
 */
#ifndef RPMSG_GUARD_OOPS_REPORTS_H
#define RPMSG_GUARD_OOPS_REPORTS_H

#include "oops/events.h"
#include "oops/report.h"

/* With CONFIG_PRINTK_CALLER, a line names the CPU or task that printed it: a context for each. */
#define OOPS_CONTEXTS_MAX 8

struct oops_context {
	char caller;
	unsigned long caller_id;
	struct oops_report *open;     /* takes the lines that come */
	struct oops_report *waiting;  /* its header came while another was still being printed */
	struct oops_trace *section;   /* takes the frames that come; NULL when none are wanted */
	bool dead;		      /* an exception's own heading was seen ("Oops:") */
	bool skip_trace;	      /* what follows repeats what is known */
	bool skip_line;		      /* the next line is a symbol, but not of a stack */
	unsigned long seen;	      /* the last message of that caller */
	unsigned long last_message;   /* the last message that belonged to a report */
	unsigned long closed_message; /* the message that the last report ended with, or 0 */
};

struct oops_parser {
	struct oops_log log;
	struct oops_boot boot;
	unsigned long messages; /* so far; an export needs many lines for each */
	struct oops_context contexts[OOPS_CONTEXTS_MAX];
	size_t n_contexts;
	const struct oops_line *line; /* being looked at */
};

/* A report that begins with the current line; NULL when there is no room for it. */
struct oops_report *oops_add_report(struct oops_parser *parser, enum oops_kind kind);

/* The context of the CPU or task that printed the current line. */
struct oops_context *oops_find_context(struct oops_parser *parser);

/* @report takes the lines that come; with NULL, no report takes them. */
void oops_open_report(struct oops_context *c, struct oops_report *report, bool dead);

/* The report that waits, if any, takes the place of the open report. */
void oops_close_report(struct oops_parser *parser, struct oops_context *c);

/*
 * Reads the current line for the open report, and closes the report when it is the last line. Takes
 * the context, not only the report: what a line means depends on the heading that it stands under.
 */
void oops_read_body(struct oops_parser *parser, struct oops_context *c);

#endif
