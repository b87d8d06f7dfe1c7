/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a single line of a report says in words, whatever came before it: process, CPU, address,
 * hardware, modules, taint.
 */
#ifndef RPMSG_GUARD_OOPS_FACTS_H
#define RPMSG_GUARD_OOPS_FACTS_H

#include "oops/report.h"

/* "CPU: 1 PID: 95780 Comm: python Tainted: ...": @text must have the first and the third of these. */
void oops_read_cpu(const char *text, struct oops_report *report);

/* "task:rpmsg-load      state:R  running task     stack:    0 pid:   87 ppid:    85 ..." */
void oops_read_task(const char *text, struct oops_report *report);

/* Returns whether the line tells of the hardware, of modules, memory or taint. */
bool oops_read_facts(const struct oops_line *line, struct oops_report *r);

/* Fills in what the header line itself says: address, function, process. */
void oops_read_header(const struct oops_line *line, struct oops_report *report);

#endif
