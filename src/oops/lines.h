/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns the bytes of a captured kernel log into clean lines: without terminal escapes and control
 * bytes; what mail, web pages, log collectors and tables have made of them is undone, wrapped lines
 * are joined; without log levels, timestamps, caller ids and the prefixes of syslog and the journal.
 * Works on a stream in constant memory; no input makes it fail.
 */
#ifndef RPMSG_GUARD_OOPS_LINES_H
#define RPMSG_GUARD_OOPS_LINES_H

#include "oops/journal.h"
#include "oops/quoted.h"
#include "oops/wrapped.h"

struct oops_lines {
	struct oops_quoted quoted;
	struct oops_journal journal;
	struct oops_wrapped wrapped;
	unsigned long newlines;
	unsigned long number; /* of the line that raw is, or begins with */
	uint64_t bytes;
	uint64_t odd_bytes; /* NULs and other bytes that text does not have: tells binary input */
	uint64_t nuls;
	unsigned int utf8_left;
	unsigned char magic[8]; /* the first bytes of the input */

	int escape; /* state of the escape stripper */
	bool after_cr;
	unsigned char last; /* byte that was kept */
	bool cut;	    /* the rest of the line is not kept */
	size_t len;
	char raw[8 * OOPS_TEXT_MAX];
};

void oops_lines_init(struct oops_lines *lines, oops_line_fn emit, void *context);

/* Calls emit() for every line that ends in @bytes. */
void oops_lines_feed(struct oops_lines *lines, const void *bytes, size_t len);

/* Emits a last line that has no end. */
void oops_lines_finish(struct oops_lines *lines);

/*
 * Why the input as a whole cannot be a kernel log, for a sentence like "the input is ...", or NULL
 * when it can. To be asked after the end, and only when no oops was found: a dump of a reserved
 * memory region is mostly binary and may hold an oops all the same.
 */
const char *oops_lines_unreadable(const struct oops_lines *lines);

#endif
