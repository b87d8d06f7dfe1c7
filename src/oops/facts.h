/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a single line of a report tells by itself, whatever came before it: symbols, registers and
 * stack frames in the forms that x86, arm64, arm32 and riscv kernels print; process, CPU, address,
 * hardware, modules, taint.
 */
#ifndef RPMSG_GUARD_OOPS_FACTS_H
#define RPMSG_GUARD_OOPS_FACTS_H

#include "oops/report.h"

/*
 * A symbol at the start of @s, "function+0x28/0x180 [module]". Returns what follows it, or NULL.
 * Sets only function and module.
 */
const char *oops_parse_symbol(const char *s, struct oops_frame *frame);

/* The frames, 0 to 2, that a line of a stack trace tells of; arm32 names caller and callee. */
size_t oops_parse_frames(const char *text, struct oops_frame frames[2]);

/* A line that says where the CPU was ("pc : ...", "RIP: 0010:..."), or what it would return to. */
bool oops_parse_pc(const char *text, struct oops_frame *frame);
bool oops_parse_lr(const char *text, struct oops_frame *frame);

/* "CPU: 1 PID: 95780 Comm: python Tainted: ...": @text must have the first and the third of these. */
void oops_read_cpu(const char *text, struct oops_report *report);

/* "task:rpmsg-load      state:R  running task     stack:    0 pid:   87 ppid:    85 ..." */
void oops_read_task(const char *text, struct oops_report *report);

/* Returns whether the line tells of the hardware, of modules, memory or taint. */
bool oops_read_facts(const struct oops_line *line, struct oops_report *r);

/* Fills in what the header line itself says: address, function, process. */
void oops_read_header(const struct oops_line *line, struct oops_report *report);

#endif
