/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Symbols, registers and stack frames in the forms that x86, arm64, arm32, riscv and powerpc kernels
 * print, also after a symbolizer has put file and line there.
 */
#ifndef RPMSG_GUARD_OOPS_SYMBOLS_H
#define RPMSG_GUARD_OOPS_SYMBOLS_H

#include "oops/report.h"

/*
 * A symbol at the start of @s, "function+0x28/0x180 [module]" or, of scripts/decode_stacktrace.sh,
 * "function (file.c:12) module". Returns what follows it, or NULL. Sets only function and module.
 */
const char *oops_parse_symbol(const char *s, struct oops_frame *frame);

/* The frames, 0 to 2, that a line of a stack trace tells of; arm32 names caller and callee. */
size_t oops_parse_frames(const char *text, struct oops_frame frames[2]);

enum oops_register {
	OOPS_REGISTER_NONE,
	OOPS_REGISTER_PC, /* where the CPU was: "pc : ...", "RIP: 0010:..." */
	OOPS_REGISTER_LR, /* where it would return to */
};

/*
 * Which of the two registers the line is about. Fills in @frame; its function is empty when the
 * register points to no function of the kernel.
 */
enum oops_register oops_parse_register(const char *text, struct oops_frame *frame);

#endif
