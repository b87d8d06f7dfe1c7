/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines between a report's header and its end. What most of them mean depends on the heading
 * that they stand under: it takes the context, not only the report. For the parser only.
 */
#ifndef RPMSG_GUARD_OOPS_BODY_H
#define RPMSG_GUARD_OOPS_BODY_H

#include "oops/parse.h"

/* The current line, for the context's open report; may be its last. */
void oops_read_body(struct oops_parser *parser, struct oops_context *c);

#endif
