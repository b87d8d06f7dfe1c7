/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reports that were found so far, and which of them each CPU or task is printing: their lines
 * come in turns, and what one says must not end up in the report of another. For the parser only.
 */
#ifndef RPMSG_GUARD_OOPS_CONTEXTS_H
#define RPMSG_GUARD_OOPS_CONTEXTS_H

#include "oops/parse.h"

/* One that begins with the current line; NULL when there is no room for one more. */
struct oops_report *oops_add_report(struct oops_parser *parser, enum oops_kind kind);

/* That of who printed @line. */
struct oops_context *oops_find_context(struct oops_parser *parser, const struct oops_line *line);

/* @report takes the lines that come, or nobody when it is NULL. */
void oops_open_report(struct oops_context *c, struct oops_report *report, bool dead);

/* The one that waits, if any, takes its place. */
void oops_close_report(struct oops_parser *parser, struct oops_context *c);

#endif
