/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Joins the lines that a mail program, a forum or a terminal has wrapped. A line is kept back until
 * the next line tells whether it goes on.
 */
#ifndef RPMSG_GUARD_OOPS_WRAPPED_H
#define RPMSG_GUARD_OOPS_WRAPPED_H

#include "oops/prefix.h"

/* What is beyond is cut off. A kernel message has at most 1024 bytes. */
#define OOPS_TEXT_MAX 1024

typedef void (*oops_line_fn)(void *context, const struct oops_line *line);

/* A message, or a part of it. */
struct oops_part {
	const char *text;
	unsigned long number; /* of its line */
	double time;	      /* of the journal, seconds; below 0 unknown */
	bool other;	      /* its origin is a program */
	bool first, last;     /* of its line */
	bool paragraph;	      /* its line is several lines of a report in one */
	size_t width;	      /* of its line as it was in the input; 0 when it cannot be wrapped */
};

struct oops_wrapped {
	oops_line_fn emit;
	void *context;
	bool pending;	      /* a part is kept back: */
	unsigned long number; /* as in the part */
	double time;
	bool other;
	size_t width;	/* of the last line that is in it; 0 when no line can follow */
	bool paragraph; /* as in the part */
	size_t len;
	char text[OOPS_TEXT_MAX];

	size_t widest;	    /* line since the last empty line */
	size_t full_lines;  /* went on and were as wide as any */
	bool paragraphs;    /* were seen since the last empty line */
	bool between_words; /* a line went on that was not as wide as others */
};

void oops_wrapped_init(struct oops_wrapped *wrapped, oops_line_fn emit, void *context);

/* A line of the input; @width is 0 for an empty one. */
void oops_wrapped_line(struct oops_wrapped *wrapped, size_t width);

/* Passes on the part before, unless @part belongs to it. */
void oops_wrapped_add(struct oops_wrapped *wrapped, const struct oops_part *part);

/* Passes on the part that was kept back. */
void oops_wrapped_flush(struct oops_wrapped *wrapped);

#endif
