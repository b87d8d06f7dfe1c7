// SPDX-License-Identifier: GPL-2.0-only
#include "oops/boot.h"

#include <string.h>

#include "oops/contexts.h"
#include "oops/events.h"
#include "oops/facts.h"

/* How much later than an oops a stop can be reported that was under way when it happened. */
#define DURING_SECONDS 0.5
#define DURING_MESSAGES 150

/* Everything that was known of the boot before is of no use for the next one. */
static void begin_boot(struct oops_parser *parser)
{
	parser->boot++;
	parser->stop.kind = parser->up.kind = OOPS_EVENT_NONE;
	parser->crash.kind = parser->unsafe.kind = OOPS_EVENT_NONE;
	parser->nameless.kind = OOPS_EVENT_NONE;
	parser->kernel[0] = '\0';
	for (size_t i = 0; i < parser->n_contexts; i++) {
		oops_open_report(&parser->contexts[i], NULL, false);
		parser->contexts[i].waiting = NULL;
		parser->contexts[i].closed_message = 0;
	}
}

/* arm prints both lines, x86 only the version. */
void oops_note_boot(struct oops_parser *parser)
{
	const char *text = parser->line->text;

	if (begins(text, "Booting Linux on physical CPU")) {
		begin_boot(parser);
		parser->boot_line = parser->line->number;
	} else if (begins(text, "Linux version ")) {
		if (parser->line->number - parser->boot_line > 3)
			begin_boot(parser);
		parser->boot_line = parser->line->number;
		oops_read_word(parser->kernel, sizeof(parser->kernel),
			       text + strlen("Linux version "));
	}
}

static bool same_clock(const struct oops_report *report, const struct oops_event *event)
{
	return report->clock == event->clock && event->clock != OOPS_CLOCK_NONE;
}

/* The parts of a pstore dump can come last first: an earlier stop is then found later. */
static void tell_report(const struct oops_parser *parser, struct oops_report *r,
			const struct oops_event *event)
{
	const double after = oops_time_between(r->clock, r->time, event->time);

	if (!same_clock(r, event)) {
		if (parser->messages - r->message <= DURING_MESSAGES)
			r->stop_during = *event;
	} else if (after < -DURING_SECONDS) {
		if (!r->stop.kind || oops_time_between(r->clock, r->stop.time, event->time) > 0)
			r->stop = *event;
	} else if (after <= DURING_SECONDS) {
		r->stop_during = *event;
	}
}

/* A stop's message comes when it is over: an oops that it caused can be there first. */
static void tell_reports(struct oops_parser *parser, const struct oops_event *event)
{
	for (size_t i = 0; i < parser->n; i++)
		if (parser->reports[i]->boot == parser->boot &&
		    !parser->reports[i]->stop_during.kind)
			tell_report(parser, parser->reports[i], event);
}

void oops_note_event(struct oops_parser *parser)
{
	struct oops_event event;

	oops_find_event(parser->line, &event);
	event.boot = parser->boot;
	switch (event.kind) {
	case OOPS_EVENT_STOPPED:
	case OOPS_EVENT_CHANNEL_GONE:
		/* The channels go first; the whole stop is the better evidence. */
		parser->stop = event;
		tell_reports(parser, &event);
		break;
	case OOPS_EVENT_UP:
		parser->up = event;
		break;
	case OOPS_EVENT_CRASHED:
		parser->crash = event;
		break;
	case OOPS_EVENT_UNSAFE:
		parser->unsafe = event;
		break;
	case OOPS_EVENT_NAMELESS:
		parser->nameless = event;
		break;
	case OOPS_EVENT_NONE:
		break;
	}
}

void oops_note_driver(struct oops_parser *parser)
{
	char name[OOPS_NAME_MAX];
	size_t i;
	bool bound;

	if (!oops_find_driver(parser->line->text, name, &bound))
		return;
	for (i = 0; i < parser->n_drivers; i++)
		if (strcmp(parser->drivers[i].name, name) == 0)
			break;
	if (i == OOPS_DRIVERS_MAX)
		return;
	if (i == parser->n_drivers) {
		memcpy(parser->drivers[i].name, name, sizeof(name));
		parser->drivers[i].bound = false;
		parser->n_drivers++;
	}
	parser->drivers[i].bound |= bound;
}
