// SPDX-License-Identifier: GPL-2.0-only
/* What the memory that failed, the messages before it and the end of the log say of a stop. */
#include "oops/stop.h"

/* Behind so much time a stop has little to do with a crash any more. */
#define STOP_SECONDS 20.0
#define STALL_SECONDS 120.0
#define HUNG_SECONDS 600.0

/* ---- the memory that was touched ---- */

static void weigh_freed(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;
	const struct oops_frame *by = oops_trace_find(&r->freed, ANY_REMOVE);
	struct oops_quote freed = r->freed.frames[0].quote;

	freed.line = r->freed_line;
	if (by)
		oops_add_evidence(a, 60, &by->quote, "the memory was freed by the teardown, in %s",
				  by->function);
	else if (r->freed.n > 0)
		oops_add_evidence(a, -60, &freed, "the memory was freed, but not by a teardown");
	else if (strstr(r->header.text, "use-after-free"))
		oops_add_evidence(a, 15, &r->header, "the memory had been freed");
}

/*
 * The endpoint that was sent through had been freed: rpmsg_send() and the similar functions access
 * nothing but the endpoint. They refuse a NULL pointer, and take the operations from the endpoint,
 * which only a freed endpoint can lack.
 */
static bool endpoint_was_cleared(const struct oops_assessment *a)
{
	return a->send_first == 0 && !(a->places[0] & PLACE_SEND_INNER) && a->report->has_address &&
	       a->report->address < 256;
}

/* The upper 16 of the 64 bits of an address are all equal; in garbage they are not. */
static bool is_garbage(uint64_t address)
{
	return address >> 48 != 0 && address >> 48 != 0xffff;
}

static void weigh_address(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;

	if (r->kind == OOPS_KASAN)
		return;
	if (r->unmapped.line && r->address >> 20)
		oops_add_evidence(a, 25, &r->unmapped,
				  "the page at that address is not mapped any more");
	if (r->has_address && (r->address & 0xfff) == 2 && oops_places_at(a, 0) & PLACE_GET_BUFFER)
		oops_add_evidence(a, 10, &r->header,
				  "the address ends in 002: the index of a vring's used ring");
	if (endpoint_was_cleared(a))
		oops_add_evidence(a, 10, &r->header,
				  "the endpoint had no operations any more; a live endpoint has "
				  "them");
	if (r->kind == OOPS_PROTECTION || (r->has_address && is_garbage(r->address)))
		oops_add_evidence(a, 15, &r->header,
				  "the value is not a pointer: its memory has already another "
				  "use");
}

/* ---- the messages ---- */

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
	else if (r->before.stop.kind)
		a->stop = &r->before.stop;
	if (!a->stop || a->stop->clock != r->clock || r->clock == OOPS_CLOCK_NONE)
		return;
	a->since_stop = oops_time_between(r->clock, a->stop->time, r->time);
	a->has_since_stop = true;
}

/* @stop may be NULL. */
static bool up_again(const struct oops_event *up, const struct oops_event *stop)
{
	return up->kind && stop && up->message > stop->message;
}

static void weigh_messages(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;
	const struct oops_event *stop = a->stop;
	const bool again = up_again(&r->before.up, stop);
	const char *what;

	if (!stop)
		return;
	what = stop->kind == OOPS_EVENT_STOPPED	      ? "the remote processor was stopped"
	       : stop->kind == OOPS_EVENT_STOP_FAILED ? "a stop failed after the rings were "
							"freed"
						      : "the channel was removed";
	if (stop == &r->stop_during)
		oops_add_evidence(a, 30, &stop->quote, "%s at the same moment", what);
	else if (!a->has_since_stop)
		oops_add_evidence(a, again ? 0 : 25, &stop->quote, "%s before, at an unknown time",
				  what);
	else if (a->since_stop <= window(r))
		oops_add_evidence(a, 30, &stop->quote, "%s %.1f s before", what, a->since_stop);
	else
		oops_add_evidence(a, again ? 0 : 20, &stop->quote,
				  "%s before, but %.0f s passed since then%s", what, a->since_stop,
				  again ? " and it is up again" : "");
	if (oops_is_send_timeout(a))
		oops_add_evidence(
			a, 15, NULL,
			"a send waits 15 s for a send buffer and then gives up: the times match");
}

/* ---- what a stop left behind ---- */

/* Broken memory is stumbled over soon. */
#define LEFTOVER_SECONDS 60.0
#define LEFTOVER_MESSAGES 2000

void oops_find_leftover(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;
	const struct oops_event *leftover = &r->before.leftover;

	if (!leftover->kind || r->kind <= OOPS_STALL)
		return;
	if (leftover->clock == r->clock && r->clock != OOPS_CLOCK_NONE
		    ? oops_time_between(r->clock, leftover->time, r->time) <= LEFTOVER_SECONDS
		    : r->message - leftover->message <= LEFTOVER_MESSAGES)
		a->leftover = leftover;
}

/* ---- no stop ---- */

/* The remote processor has been up again for a while: another life of it. */
static bool stop_is_old(const struct oops_assessment *a)
{
	return a->has_since_stop && a->since_stop > window(a->report) &&
	       up_again(&a->report->before.up, a->stop);
}

/* The bare trace of a task that sleeps, as sysrq and hang detectors print it of all tasks. */
static bool sleeps(const struct oops_report *r)
{
	const char *top = r->trace.n > 0 ? r->trace.frames[0].function : "";

	return r->kind == OOPS_TRACE &&
	       (strcmp(top, "__switch_to") == 0 || strcmp(top, "__schedule") == 0 ||
		strcmp(top, "schedule") == 0);
}

/* Whether the log covers the time before the oops and has no stop in it. */
static void weigh_no_stop(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;
	const bool waits = r->kind == OOPS_STALL || r->kind == OOPS_HUNG_TASK || sleeps(r);
	const double goes_on = r->time_last - r->time_end;

	/* Memory that a teardown has freed proves a stop. */
	if ((a->stop && !stop_is_old(a)) || oops_trace_find(&r->freed, ANY_REMOVE))
		return;
	if (r->kind == OOPS_WARNING)
		oops_add_evidence(a, -30, NULL, "only a warning, and the log has no stop");
	else if (waits)
		oops_add_evidence(a, -25, NULL,
				  "no remote processor was stopped: a sender can wait for a "
				  "slow remote processor");
	else if (r->has_address && r->address < 4096 && !endpoint_was_cleared(a))
		oops_add_evidence(a, r->before.up.kind ? -20 : -5, NULL,
				  "a NULL pointer, and the log has no stop: a fault of the "
				  "driver is more probable");
	if (!waits && !r->panic.line && goes_on > 1.0)
		oops_add_evidence(
			a, -25, NULL,
			"the log goes on for %.0f s and has no stop of a remote processor",
			goes_on);
}

void oops_weigh_stop(struct oops_assessment *a)
{
	weigh_address(a);
	weigh_freed(a);
	weigh_messages(a);
	weigh_no_stop(a);
}

/* ---- the path ---- */

/* Also /sys/power/state has a state_store(): the function counts when it called @callee. */
static bool has_function(const struct oops_trace *trace, const char *function, const char *callee)
{
	for (size_t i = 0; i < trace->n; i++)
		if (strcmp(trace->frames[i].function, function) == 0 &&
		    (!callee || (i > 0 && begins(trace->frames[i - 1].function, callee))))
			return true;
	return false;
}

void oops_find_path(struct oops_assessment *a)
{
	static const struct {
		const char *function, *callee;
		enum oops_path path;
	} callers[] = {
		{ "rproc_trigger_recovery", NULL, OOPS_PATH_RECOVERY },
		{ "rproc_crash_handler_work", NULL, OOPS_PATH_RECOVERY },
		{ "rproc_cdev_write", NULL, OOPS_PATH_CDEV },
		{ "rproc_cdev_release", NULL, OOPS_PATH_CDEV },
		{ "unbind_store", NULL, OOPS_PATH_UNBIND },
		{ "rproc_del", NULL, OOPS_PATH_UNBIND },
		{ "state_store", "rproc_", OOPS_PATH_SYSFS },
		{ "rpmsg_ns_cb", NULL, OOPS_PATH_CHANNEL },
	};
	const struct oops_events *before = &a->report->before;
	const struct oops_event *crash = &before->crash;

	for (size_t i = 0; i < sizeof(callers) / sizeof(callers[0]); i++) {
		if (has_function(&a->report->freed, callers[i].function, callers[i].callee)) {
			a->path = callers[i].path;
			return;
		}
	}
	if (!a->stop)
		return;
	if (crash->kind && crash->message < a->stop->message &&
	    !(up_again(&before->up, crash) && before->up.message < a->stop->message))
		a->path = OOPS_PATH_RECOVERY;
	else if (a->stop->kind == OOPS_EVENT_CHANNEL_GONE)
		a->path = OOPS_PATH_CHANNEL;
}
