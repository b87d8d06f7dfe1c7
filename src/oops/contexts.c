// SPDX-License-Identifier: GPL-2.0-only
#include "oops/contexts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- reports ---- */

static bool in_use(const struct oops_parser *parser, const struct oops_report *report)
{
	for (size_t i = 0; i < parser->n_contexts; i++)
		if (parser->contexts[i].open == report || parser->contexts[i].waiting == report)
			return true;
	return false;
}

/* Warnings can come in thousands; they must not keep out the oops that follows them. */
static bool make_room(struct oops_parser *parser, enum oops_kind kind)
{
	if (kind <= OOPS_WARNING && parser->n >= OOPS_REPORTS_MAX / 2)
		return false;
	if (parser->n < OOPS_REPORTS_MAX)
		return true;
	for (size_t i = parser->n; i-- > 0;) {
		if (parser->reports[i]->kind > OOPS_WARNING || in_use(parser, parser->reports[i]))
			continue;
		free(parser->reports[i]);
		parser->n--;
		memmove(&parser->reports[i], &parser->reports[i + 1],
			(parser->n - i) * sizeof(parser->reports[0]));
		parser->dropped++;
		return true;
	}
	return false;
}

struct oops_report *oops_add_report(struct oops_parser *parser, enum oops_kind kind)
{
	const struct oops_line *line = parser->line;
	struct oops_report *report = NULL;

	if (make_room(parser, kind)) {
		report = calloc(1, sizeof(*report));
		parser->out_of_memory |= !report;
	}
	if (!report) {
		parser->dropped++;
		return NULL;
	}
	parser->reports[parser->n++] = report;
	report->kind = kind;
	report->boot = parser->boot;
	report->line = line->number;
	report->message = report->message_end = parser->messages;
	report->clock = line->clock;
	report->time = report->time_end = report->time_last = line->time;
	report->pid = -1;
	report->stop = parser->stop;
	report->up = parser->up;
	report->crash = parser->crash;
	report->unsafe = parser->unsafe;
	report->nameless = parser->nameless;
	snprintf(report->header, sizeof(report->header), "%.*s", OOPS_QUOTE_MAX - 1, line->text);
	snprintf(report->kernel, sizeof(report->kernel), "%s", parser->kernel);
	return report;
}

/* ---- contexts ---- */

/*
 * The one that has been quiet for longest and has no report open. The first one is for lines without
 * an id, and is never given away; it takes what is too much, too.
 */
static struct oops_context *spare_context(struct oops_parser *parser)
{
	struct oops_context *spare = &parser->contexts[0];

	if (parser->n_contexts < OOPS_CONTEXTS_MAX)
		return &parser->contexts[parser->n_contexts++];
	for (size_t i = 1; i < OOPS_CONTEXTS_MAX; i++) {
		struct oops_context *c = &parser->contexts[i];

		if (!c->open && (spare == parser->contexts || c->seen < spare->seen))
			spare = c;
	}
	if (spare != parser->contexts)
		memset(spare, 0, sizeof(*spare));
	return spare;
}

struct oops_context *oops_find_context(struct oops_parser *parser, const struct oops_line *line)
{
	struct oops_context *c;

	for (size_t i = 0; i < parser->n_contexts; i++) {
		c = &parser->contexts[i];
		if (c->caller == line->caller && c->caller_id == line->caller_id)
			return c;
	}
	c = spare_context(parser);
	if (c != parser->contexts) {
		c->caller = line->caller;
		c->caller_id = line->caller_id;
	}
	return c;
}

void oops_open_report(struct oops_context *c, struct oops_report *report, bool dead)
{
	c->open = report;
	c->section = NULL;
	c->dead = dead;
	c->skip_trace = false;
}

void oops_close_report(struct oops_parser *parser, struct oops_context *c)
{
	if (!c->open)
		return;
	c->closed_message = parser->messages;
	oops_open_report(c, c->waiting, false);
	c->waiting = NULL;
}
