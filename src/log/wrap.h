/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sentences on a terminal.
 */
#ifndef RPMSG_GUARD_LOG_WRAP_H
#define RPMSG_GUARD_LOG_WRAP_H

#include <stdio.h>

#define WRAP_WIDTH 96

/* Prints @text behind @first in lines of at most WRAP_WIDTH columns, all others behind @indent. */
void print_wrapped(FILE *out, const char *first, const char *indent, const char *text);

#endif
