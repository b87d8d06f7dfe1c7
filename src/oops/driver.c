// SPDX-License-Identifier: GPL-2.0-only
#include "oops/driver.h"

#include <stdio.h>
#include <string.h>

#include "oops/evidence.h"
#include "oops/functions.h"

/*
 * The module whose probe or remove rpmsg called when the memory was allocated or freed; empty
 * without one.
 */
static const char *bound_in(const struct oops_trace *trace)
{
	for (size_t i = 0; i + 1 < trace->n; i++)
		if (strcmp(trace->frames[i + 1].function, "rpmsg_dev_probe") == 0 ||
		    strcmp(trace->frames[i + 1].function, "rpmsg_dev_remove") == 0)
			return trace->frames[i].module;
	return "";
}

static bool is_bound_in(const struct oops_trace *trace, const char *module)
{
	return strcmp(bound_in(trace), module) == 0;
}

bool oops_is_rpmsg_driver(const struct oops_parser *parser, const struct oops_report *r,
			  const struct oops_frame *frame)
{
	const char *home = oops_home_module(frame->function);

	if (!frame->module[0])
		return home != NULL;
	if (oops_is_core_module(frame->module))
		return false;
	for (size_t i = 0; i < parser->n_drivers; i++)
		if (strcmp(parser->drivers[i].name, frame->module) == 0)
			return true;
	return is_bound_in(&r->allocated, frame->module) || is_bound_in(&r->freed, frame->module) ||
	       strstr(frame->module, "rpmsg") != NULL;
}

static void set_driver(struct oops_assessment *a, const struct oops_frame *frame)
{
	const char *home = oops_home_module(frame->function);
	const char *name = frame->module[0] ? frame->module : home ? home : frame->function;

	snprintf(a->sender, sizeof(a->sender), "%s", frame->function);
	snprintf(a->driver, sizeof(a->driver), "%s", name);
}

int oops_driver_frame(const struct oops_parser *parser, const struct oops_assessment *a, int from)
{
	for (int i = from; (size_t)i < a->stack.n; i++)
		if (!(oops_places_at(a, i) & PLACE_SEND) &&
		    oops_is_rpmsg_driver(parser, a->report, oops_frame_at(a, i)))
			return i;
	return -1;
}

/* When the stack does not show it: the one that the memory was for, or the only one there is. */
static void guess_driver(const struct oops_parser *parser, struct oops_assessment *a)
{
	const char *name = bound_in(&a->report->allocated);
	size_t bound = 0;

	for (size_t i = 0; i < parser->n_drivers && !name[0]; i++)
		bound += parser->drivers[i].bound;
	for (size_t i = 0; i < parser->n_drivers && bound == 1; i++)
		if (parser->drivers[i].bound)
			name = parser->drivers[i].name;
	snprintf(a->driver, sizeof(a->driver), "%s", name);
}

/* Who called rpmsg, or was called by the tty core in place of it. */
void oops_name_driver(const struct oops_parser *parser, struct oops_assessment *a)
{
	const unsigned int not_it = PLACE_TTY | PLACE_TEARDOWN | PLACE_RECEIVE;
	const struct oops_frame *caller = oops_frame_at(a, a->send_last + 1);
	int driver = oops_driver_frame(parser, a, a->send_last + 1);

	if (a->send_last >= 0 && caller && caller->module[0] &&
	    !oops_is_core_module(caller->module))
		set_driver(a, caller);
	else if (driver >= 0)
		set_driver(a, oops_frame_at(a, driver));
	else if (a->send_last >= 0 && caller && !caller->module[0] &&
		 !(oops_places_at(a, a->send_last + 1) & not_it))
		set_driver(a, caller);
	else if (a->handle)
		guess_driver(parser, a);
}
