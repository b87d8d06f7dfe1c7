/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the oopses of a kernel log and takes them apart. Knows the forms that kernels print, and
 * nothing of what they mean.
 */
#ifndef RPMSG_GUARD_OOPS_PARSE_H
#define RPMSG_GUARD_OOPS_PARSE_H

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
	struct oops_report *reports[OOPS_REPORTS_MAX]; /* in the order of the log; owned */
	size_t n;
	unsigned long dropped; /* more than fit in */
	bool out_of_memory;

	unsigned int boot;
	unsigned long messages; /* so far; an export needs many lines for each */
	unsigned long boot_line;
	char kernel[96]; /* of the boot, from its first lines */
	struct oops_event stop, up, crash, unsafe, nameless;
	struct {
		char name[OOPS_NAME_MAX];
		bool bound; /* it spoke of its device itself; else it is named like a channel */
	} drivers[OOPS_DRIVERS_MAX];
	size_t n_drivers;
	struct oops_context contexts[OOPS_CONTEXTS_MAX];
	size_t n_contexts;
	const struct oops_line *line; /* being looked at */
};

void oops_parser_init(struct oops_parser *parser);
void oops_parser_line(struct oops_parser *parser, const struct oops_line *line);
void oops_parser_finish(struct oops_parser *parser);
void oops_parser_free(struct oops_parser *parser);

#endif
