/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The call stack of a report as one list, and where the rpmsg functions are in it.
 */
#ifndef RPMSG_GUARD_OOPS_STACK_H
#define RPMSG_GUARD_OOPS_STACK_H

#include "oops/report.h"

#define OOPS_STACK_MAX (OOPS_FRAMES_MAX + 2)

struct oops_stack {
	const struct oops_frame *frames[OOPS_STACK_MAX]; /* innermost first; the report's */
	unsigned int places[OOPS_STACK_MAX];		 /* enum oops_place of each */
	size_t n;
};

/* The report must live as long as the stack. */
void oops_stack_build(const struct oops_report *report, struct oops_stack *stack);

/* The innermost and the outermost frame of any of @places, or -1. */
int oops_stack_first(const struct oops_stack *stack, unsigned int places);
int oops_stack_last(const struct oops_stack *stack, unsigned int places);

/* The same for a bare trace. */
const struct oops_frame *oops_trace_find(const struct oops_trace *trace, unsigned int places);
const struct oops_frame *oops_trace_find_name(const struct oops_trace *trace, const char *function);

#endif
