/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Single facts that a line tells by itself, whatever came before it. For the parser only.
 */
#ifndef RPMSG_GUARD_OOPS_FACTS_H
#define RPMSG_GUARD_OOPS_FACTS_H

#include "oops/report.h"

void oops_set_quote(struct oops_quote *quote, const struct oops_line *line);

/* Copies what is in front of the first space. */
void oops_read_word(char *to, size_t size, const char *from);

/* Lines that begin with "CPU: " and "task:". */
void oops_read_cpu(const char *text, struct oops_report *report);
void oops_read_task(const char *text, struct oops_report *report);

/* Returns whether the line is one that tells of the hardware, of modules, memory or taint. */
bool oops_read_facts(const struct oops_line *line, struct oops_report *r);

#endif
