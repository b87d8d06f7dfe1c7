/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reports that are open: which of them each CPU or task is printing, and what their lines say.
 * The lines of several CPUs come in turns, and what one says must not end up in the report of
 * another. For the parser only.
 */
#ifndef RPMSG_GUARD_OOPS_REPORTS_H
#define RPMSG_GUARD_OOPS_REPORTS_H

#include "oops/events.h"
#include "oops/report.h"

/* Kernels with CONFIG_PRINTK_CALLER say who printed a line; their oopses can be told apart. */
#define OOPS_CONTEXTS_MAX 8

struct oops_context {
	char caller;
	unsigned long caller_id;
	struct oops_report *open;     /* takes the lines that come */
	struct oops_report *waiting;  /* its header came while another was still being printed */
	struct oops_trace *section;   /* takes the frames that come; NULL when none are wanted */
	bool dead;		      /* an exception's own heading was seen ("Oops:") */
	bool skip_trace;	      /* what follows repeats what is known */
	unsigned long seen;	      /* the last message of that caller */
	unsigned long last_message;   /* the last message that belonged to a report */
	unsigned long closed_message; /* the one that the last report ended with, 0 for none */
};

struct oops_parser {
	struct oops_log log;
	struct oops_boot boot;
	unsigned long messages; /* so far; an export needs many lines for each */
	struct oops_context contexts[OOPS_CONTEXTS_MAX];
	size_t n_contexts;
	const struct oops_line *line; /* being looked at */
};

/* Begins with the current line; NULL when there is no room for one more. */
struct oops_report *oops_add_report(struct oops_parser *parser, enum oops_kind kind);

/* That of who printed the current line. */
struct oops_context *oops_find_context(struct oops_parser *parser);

/* @report takes the lines that come, or nobody when it is NULL. */
void oops_open_report(struct oops_context *c, struct oops_report *report, bool dead);

/* The one that waits, if any, takes its place. */
void oops_close_report(struct oops_parser *parser, struct oops_context *c);

/*
 * The current line, for the context's open report; may be its last. What most lines mean depends on
 * the heading that they stand under: it takes the context, not only the report.
 */
void oops_read_body(struct oops_parser *parser, struct oops_context *c);

#endif
