// SPDX-License-Identifier: GPL-2.0-only
/* Tells the driver on top of rpmsg from all other modules. */
#include "oops/driver.h"

/*
 * No log names the driver on top of rpmsg as such, and its module can have any name. So it is known
 * by what it calls, by what rpmsg called in it, and by the devices that it speaks of.
 */

/* The module whose probe or remove rpmsg called when the memory was allocated or freed; or "". */
static const char *bound_in(const struct oops_trace *trace)
{
	for (size_t i = 0; i + 1 < trace->n; i++)
		if (strcmp(trace->frames[i + 1].function, "rpmsg_dev_probe") == 0 ||
		    strcmp(trace->frames[i + 1].function, "rpmsg_dev_remove") == 0)
			return trace->frames[i].module;
	return "";
}

bool oops_is_driver(const struct oops_assessment *a, const struct oops_frame *frame)
{
	const char *module = frame->module;

	if (!module[0])
		return oops_home_module(frame->function) != NULL;
	if (oops_is_core_module(module))
		return false;
	for (size_t i = 0; i < a->log->n_drivers; i++)
		if (strcmp(a->log->drivers[i].name, module) == 0)
			return true;
	return strcmp(bound_in(&a->report->allocated), module) == 0 ||
	       strcmp(bound_in(&a->report->freed), module) == 0 || strstr(module, "rpmsg") != NULL;
}

int oops_driver_frame(const struct oops_assessment *a, int from)
{
	for (int i = from; i < a->n_frames; i++)
		if (!(a->places[i] & PLACE_SEND) && oops_is_driver(a, a->frames[i]))
			return i;
	return -1;
}

bool oops_is_other_module(const struct oops_frame *frame)
{
	return frame->module[0] && !oops_is_core_module(frame->module);
}

static void set_driver(struct oops_assessment *a, const struct oops_frame *frame)
{
	const char *built_in = oops_home_module(frame->function) ?: frame->function;

	snprintf(a->sender, sizeof(a->sender), "%s", frame->function);
	snprintf(a->driver, sizeof(a->driver), "%s", frame->module[0] ? frame->module : built_in);
}

/* When the stack does not show it: the driver that the memory was for, or the only driver. */
static void guess_driver(struct oops_assessment *a)
{
	const char *name = bound_in(&a->report->allocated), *only = NULL;
	size_t bound = 0;

	for (size_t i = 0; i < a->log->n_drivers; i++) {
		if (!a->log->drivers[i].bound)
			continue;
		only = a->log->drivers[i].name;
		bound++;
	}
	if (!name[0] && bound == 1)
		name = only;
	snprintf(a->driver, sizeof(a->driver), "%s", name);
}

void oops_name_driver(struct oops_assessment *a)
{
	const unsigned int not_it = PLACE_TTY | PLACE_TEARDOWN | PLACE_RECEIVE | PLACE_HANDLE |
				    PLACE_FILE | PLACE_TRAMPOLINE | PLACE_BOTTOM | PLACE_REPORT;
	const int next = a->send_last + 1, driver = oops_driver_frame(a, next);
	const struct oops_frame *caller = a->send_last >= 0 ? oops_frame_at(a, next) : NULL;

	if (caller && oops_is_other_module(caller))
		set_driver(a, caller);
	else if (driver >= 0)
		set_driver(a, a->frames[driver]);
	else if (caller && !caller->module[0] && !(a->places[next] & not_it))
		set_driver(a, caller);
	else if (a->handle)
		guess_driver(a);
}
