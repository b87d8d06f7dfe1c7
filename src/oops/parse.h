/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the oopses of a kernel log and takes them apart. Knows the forms that kernels print, and
 * nothing of what they mean.
 */
#ifndef RPMSG_GUARD_OOPS_PARSE_H
#define RPMSG_GUARD_OOPS_PARSE_H

#include "oops/reports.h"

void oops_parser_init(struct oops_parser *parser);
void oops_parser_line(struct oops_parser *parser, const struct oops_line *line);
void oops_parser_finish(struct oops_parser *parser);
void oops_parser_free(struct oops_parser *parser);

#endif
