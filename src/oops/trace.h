/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Symbols, registers and stack frames in the forms that x86, arm64, arm32 and riscv kernels print.
 */
#ifndef RPMSG_GUARD_OOPS_TRACE_H
#define RPMSG_GUARD_OOPS_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#define OOPS_NAME_MAX 64
#define OOPS_QUOTE_MAX 160

struct oops_frame {
	char function[OOPS_NAME_MAX];
	char module[OOPS_NAME_MAX]; /* empty when built into the kernel */
	bool doubtful;		    /* "? ": an address on the stack, perhaps left from earlier */
	unsigned long line;
	char quote[OOPS_QUOTE_MAX];
};

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

#endif
