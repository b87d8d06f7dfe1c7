// SPDX-License-Identifier: GPL-2.0-only
#include "oops/stack.h"

#include <string.h>

#include "oops/functions.h"

static void push(struct oops_stack *stack, const struct oops_frame *frame)
{
	if (stack->n == OOPS_STACK_MAX)
		return;
	stack->frames[stack->n] = frame;
	stack->places[stack->n++] = oops_places(frame->function);
}

static bool same(const struct oops_frame *a, const struct oops_frame *b)
{
	return strcmp(a->function, b->function) == 0;
}

/* Past what prints the report, and past interrupts when the report is about what they hit. */
static size_t first_frame(const struct oops_report *r)
{
	const struct oops_trace *trace = &r->trace;
	size_t i = 0;

	if (r->kind == OOPS_STALL)
		for (size_t k = 0; k < trace->n; k++)
			if (oops_places(trace->frames[k].function) & PLACE_INTERRUPT)
				i = k + 1;
	while (i < trace->n &&
	       (trace->frames[i].doubtful || oops_places(trace->frames[i].function) & PLACE_REPORT))
		i++;
	/* KASAN's trace runs through its own machinery to the function that it names. */
	if (r->pc.function[0])
		for (size_t k = i; k < trace->n; k++)
			if (!trace->frames[k].doubtful && same(&trace->frames[k], &r->pc))
				return k;
	return i;
}

/*
 * A function without a frame of its own, or that has not set it up yet, hides its caller from
 * arm's unwinder; the link register still has it.
 */
static void push_hidden_caller(const struct oops_report *r, struct oops_stack *stack, size_t next)
{
	const struct oops_trace *trace = &r->trace;

	if (!r->lr.function[0] || same(&r->lr, &r->pc))
		return;
	while (next < trace->n && trace->frames[next].doubtful)
		next++;
	if (next < trace->n && same(&trace->frames[next], &r->lr))
		return;
	push(stack, &r->lr);
}

void oops_stack_build(const struct oops_report *r, struct oops_stack *stack)
{
	const struct oops_trace *trace = &r->trace;
	size_t i = first_frame(r);

	stack->n = 0;
	if (r->pc.function[0]) {
		push(stack, &r->pc);
		if (i < trace->n && same(&trace->frames[i], &r->pc))
			i++;
		push_hidden_caller(r, stack, i);
	}
	for (size_t k = i; k < trace->n; k++)
		if (!trace->frames[k].doubtful)
			push(stack, &trace->frames[k]);
	/* Kernels without an unwinder doubt every frame; that is better than nothing. */
	if (stack->n < 2)
		for (size_t k = 0; k < trace->n; k++)
			push(stack, &trace->frames[k]);
}

int oops_stack_first(const struct oops_stack *stack, unsigned int places)
{
	for (size_t i = 0; i < stack->n; i++)
		if (stack->places[i] & places)
			return (int)i;
	return -1;
}

int oops_stack_last(const struct oops_stack *stack, unsigned int places)
{
	for (size_t i = stack->n; i-- > 0;)
		if (stack->places[i] & places)
			return (int)i;
	return -1;
}

const struct oops_frame *oops_trace_find(const struct oops_trace *trace, unsigned int places)
{
	for (size_t i = 0; i < trace->n; i++)
		if (oops_places(trace->frames[i].function) & places)
			return &trace->frames[i];
	return NULL;
}

const struct oops_frame *oops_trace_find_name(const struct oops_trace *trace, const char *function)
{
	for (size_t i = 0; i < trace->n; i++)
		if (strcmp(trace->frames[i].function, function) == 0)
			return &trace->frames[i];
	return NULL;
}
