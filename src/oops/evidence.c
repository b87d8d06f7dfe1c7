// SPDX-License-Identifier: GPL-2.0-only
#include "oops/evidence.h"

#include <stdarg.h>
#include <stdio.h>

/* What the sum of all weights has to reach. */
#define SCORE_HIGH 70
#define SCORE_MEDIUM 45
#define SCORE_LOW 30

void oops_add_evidence(struct oops_assessment *a, int weight, unsigned long line, const char *quote,
		       const char *fmt, ...)
{
	struct oops_evidence *e;
	va_list ap;

	a->score += weight;
	a->confidence = a->score >= SCORE_HIGH	   ? OOPS_CONFIDENCE_HIGH
			: a->score >= SCORE_MEDIUM ? OOPS_CONFIDENCE_MEDIUM
			: a->score >= SCORE_LOW	   ? OOPS_CONFIDENCE_LOW
						   : OOPS_CONFIDENCE_NONE;
	if (a->n_evidence == OOPS_EVIDENCE_MAX)
		return;
	e = &a->evidence[a->n_evidence++];
	e->weight = weight;
	e->line = line;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	snprintf(e->quote, sizeof(e->quote), "%.*s", (int)sizeof(e->quote) - 1, quote ? quote : "");
}

void oops_add_frame(struct oops_assessment *a, int weight, const struct oops_frame *frame,
		    const char *text)
{
	oops_add_evidence(a, weight, frame->line, frame->quote, "%s", text);
}

const struct oops_frame *oops_frame_at(const struct oops_assessment *a, int i)
{
	return i >= 0 && (size_t)i < a->stack.n ? a->stack.frames[i] : NULL;
}

unsigned int oops_places_at(const struct oops_assessment *a, int i)
{
	return i >= 0 && (size_t)i < a->stack.n ? a->stack.places[i] : 0;
}

unsigned int oops_places_between(const struct oops_assessment *a, int from, int to)
{
	unsigned int all = 0;

	for (int i = from; i < to; i++)
		all |= oops_places_at(a, i);
	return all;
}
