// SPDX-License-Identifier: GPL-2.0-only
#include "oops/stop.h"

#include "oops/evidence.h"
#include "oops/memory.h"

/* Behind so much time a stop has little to do with a crash any more. */
#define STOP_SECONDS 20.0
#define STALL_SECONDS 120.0
#define HUNG_SECONDS 600.0

static double window(const struct oops_report *r)
{
	return r->kind == OOPS_STALL	   ? STALL_SECONDS
	       : r->kind == OOPS_HUNG_TASK ? HUNG_SECONDS
					   : STOP_SECONDS;
}

void oops_find_stop(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;

	if (r->stop_during.kind)
		a->stop = &r->stop_during;
	else if (r->stop.kind)
		a->stop = &r->stop;
	if (!a->stop || a->stop->clock != r->clock || r->clock == OOPS_CLOCK_NONE)
		return;
	a->since_stop = oops_time_between(r->clock, a->stop->time, r->time);
	a->has_since_stop = true;
}

static bool up_again(const struct oops_assessment *a)
{
	return a->report->up.kind && a->stop && a->report->up.line > a->stop->line;
}

/* The remote processor has been up again for a while: another life of it. */
static bool stop_is_old(const struct oops_assessment *a)
{
	return a->has_since_stop && a->since_stop > window(a->report) && up_again(a);
}

void oops_weigh_stop(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;
	const char *what;

	if (!a->stop)
		return;
	what = a->stop->kind == OOPS_EVENT_STOPPED ? "the remote processor was stopped"
						   : "the channel was removed";
	if (a->stop == &r->stop_during)
		oops_add_evidence(a, 30, a->stop->line, a->stop->quote, "%s at the same moment",
				  what);
	else if (!a->has_since_stop)
		oops_add_evidence(a, up_again(a) ? 10 : 25, a->stop->line, a->stop->quote,
				  "%s before, with no time given", what);
	else if (a->since_stop <= window(r))
		oops_add_evidence(a, 30, a->stop->line, a->stop->quote, "%s %.1f s before", what,
				  a->since_stop);
	else
		oops_add_evidence(a, up_again(a) ? 0 : 20, a->stop->line, a->stop->quote,
				  "%s before, but %.0f s passed since then%s", what, a->since_stop,
				  up_again(a) ? " and it is up again" : "");
	if (a->has_since_stop && a->since_stop >= TIMEOUT_FROM && a->since_stop <= TIMEOUT_TO)
		oops_add_evidence(
			a, 15, 0, NULL,
			"that is the 15 s after which a send gives up its wait for a buffer");
}

void oops_weigh_no_stop(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;
	const bool waits = r->kind == OOPS_STALL || r->kind == OOPS_HUNG_TASK;
	const bool low = r->has_address && r->address < 4096 && !oops_endpoint_was_cleared(a);

	/* What was freed by a teardown proves one. */
	if ((a->stop && !stop_is_old(a)) || oops_trace_find(&r->freed, ANY_REMOVE))
		return;
	if (r->kind == OOPS_WARNING)
		oops_add_evidence(a, -30, 0, NULL, "a mere warning, and no stop in the log");
	else if (waits)
		oops_add_evidence(a, -25, 0, NULL,
				  "nobody stopped a remote processor: a sender can wait for "
				  "one that is slow");
	else if (low)
		oops_add_evidence(a, r->up.kind ? -20 : -5, 0, NULL,
				  "a NULL pointer and no stop in the log: more likely the driver's "
				  "own mistake");
	if (!waits && !r->panic.line && r->time_last - r->time_end > 1.0)
		oops_add_evidence(
			a, -25, 0, NULL,
			"the log goes on for %.0f s and has no stop of a remote processor",
			r->time_last - r->time_end);
}

void oops_find_path(struct oops_assessment *a)
{
	static const struct {
		const char *function;
		enum oops_path path;
	} callers[] = {
		{ "rproc_trigger_recovery", OOPS_PATH_RECOVERY },
		{ "rproc_crash_handler_work", OOPS_PATH_RECOVERY },
		{ "rproc_cdev_write", OOPS_PATH_CDEV },
		{ "rproc_cdev_release", OOPS_PATH_CDEV },
		{ "unbind_store", OOPS_PATH_UNBIND },
		{ "rproc_del", OOPS_PATH_UNBIND },
		{ "state_store", OOPS_PATH_SYSFS },
		{ "rpmsg_ns_cb", OOPS_PATH_CHANNEL },
	};
	const struct oops_report *r = a->report;

	for (size_t i = 0; i < sizeof(callers) / sizeof(callers[0]); i++) {
		if (!oops_trace_find_name(&r->freed, callers[i].function))
			continue;
		a->path = callers[i].path;
		return;
	}
	if (a->stop && r->crash.kind && r->crash.line < a->stop->line &&
	    !(r->up.kind && r->up.line > r->crash.line && r->up.line < a->stop->line))
		a->path = OOPS_PATH_RECOVERY;
	else if (a->stop && a->stop->kind == OOPS_EVENT_CHANNEL_GONE)
		a->path = OOPS_PATH_CHANNEL;
}
