// SPDX-License-Identifier: GPL-2.0-only
/* Builds the stack of a report, finds places in it, and adds up the evidence. */
#include "oops/evidence.h"

#include <stdarg.h>

/* What the sum of all weights has to reach. */
#define SCORE_HIGH 70
#define SCORE_MEDIUM 45
#define SCORE_LOW 30

/* ---- the stack ---- */

static void push(struct oops_assessment *a, const struct oops_frame *frame)
{
	if (a->n_frames == OOPS_STACK_MAX)
		return;
	a->frames[a->n_frames] = frame;
	a->places[a->n_frames++] = oops_places(frame->function);
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
static void push_hidden_caller(struct oops_assessment *a, size_t next)
{
	const struct oops_report *r = a->report;
	const struct oops_trace *trace = &r->trace;

	if (!r->lr.function[0] || same(&r->lr, &r->pc))
		return;
	while (next < trace->n && trace->frames[next].doubtful)
		next++;
	if (next == trace->n || !same(&trace->frames[next], &r->lr))
		push(a, &r->lr);
}

static void build_stack(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;
	const struct oops_trace *trace = &r->trace;
	size_t i = first_frame(r);

	/* The CPU jumped to where no code is: who sent it there is in the link register. */
	if (r->no_pc && !r->pc.function[0] && r->lr.function[0] &&
	    !(i < trace->n && same(&trace->frames[i], &r->lr)))
		push(a, &r->lr);
	if (r->pc.function[0]) {
		push(a, &r->pc);
		if (i < trace->n && same(&trace->frames[i], &r->pc))
			i++;
		push_hidden_caller(a, i);
	}
	for (; i < trace->n; i++)
		if (!trace->frames[i].doubtful)
			push(a, &trace->frames[i]);
	/* Kernels without an unwinder doubt every frame; that is better than nothing. */
	if (a->n_frames < 2)
		for (i = 0; i < trace->n; i++)
			push(a, &trace->frames[i]);
}

int oops_first(const struct oops_assessment *a, unsigned int places)
{
	for (int i = 0; i < a->n_frames; i++)
		if (a->places[i] & places)
			return i;
	return -1;
}

int oops_last(const struct oops_assessment *a, unsigned int places)
{
	int i = a->n_frames - 1;

	while (i >= 0 && !(a->places[i] & places))
		i--;
	return i;
}

const struct oops_frame *oops_frame_at(const struct oops_assessment *a, int i)
{
	return i >= 0 && i < a->n_frames ? a->frames[i] : NULL;
}

unsigned int oops_places_at(const struct oops_assessment *a, int i)
{
	return i >= 0 && i < a->n_frames ? a->places[i] : 0;
}

unsigned int oops_places_below(const struct oops_assessment *a, int end)
{
	unsigned int all = 0;

	for (int i = 0; i < end; i++)
		all |= oops_places_at(a, i);
	return all;
}

const struct oops_frame *oops_trace_find(const struct oops_trace *trace, unsigned int places)
{
	for (size_t i = 0; i < trace->n; i++)
		if (oops_places(trace->frames[i].function) & places)
			return &trace->frames[i];
	return NULL;
}

/* ---- the sum ---- */

void oops_begin_assessment(struct oops_assessment *a, const struct oops_log *log,
			   const struct oops_report *report)
{
	memset(a, 0, sizeof(*a));
	a->log = log;
	a->report = report;
	a->send_first = a->send_last = a->own_last = -1;
	a->at_most = OOPS_CONFIDENCE_HIGH;
	build_stack(a);
}

void oops_add_evidence(struct oops_assessment *a, int weight, const struct oops_quote *quote,
		       const char *fmt, ...)
{
	struct oops_evidence *e;
	va_list ap;

	a->score += weight;
	a->confidence = a->score >= SCORE_HIGH	   ? OOPS_CONFIDENCE_HIGH
			: a->score >= SCORE_MEDIUM ? OOPS_CONFIDENCE_MEDIUM
			: a->score >= SCORE_LOW	   ? OOPS_CONFIDENCE_LOW
						   : OOPS_CONFIDENCE_NONE;
	if (a->confidence > a->at_most)
		a->confidence = a->at_most;
	if (a->n_evidence == OOPS_EVIDENCE_MAX)
		return;
	e = &a->evidence[a->n_evidence++];
	e->weight = weight;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	if (quote) {
		e->line = quote->line;
		snprintf(e->quote, sizeof(e->quote), "%s", quote->text);
	}
}
