// SPDX-License-Identifier: GPL-2.0-only
#include "oops/classify.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "oops/functions.h"

/* What the sum of all weights has to reach. */
#define SCORE_HIGH 70
#define SCORE_MEDIUM 45
#define SCORE_LOW 30

/* virtio_rpmsg_bus gives a sender that waits for a buffer 15 s; the stop can come any time within. */
#define TIMEOUT_FROM 14.0
#define TIMEOUT_TO 17.5
/* A sender that was inside when the rings went does not take longer to notice, with slack. */
#define IN_FLIGHT_SECONDS 1.0
/* Behind so much time a stop has little to do with a crash any more. */
#define STOP_SECONDS 20.0
#define STALL_SECONDS 120.0
#define HUNG_SECONDS 600.0

/* Below a sender, whatever takes a virtio device down takes its. */
#define ANY_REMOVE (PLACE_TEARDOWN | PLACE_VIRTIO_REMOVE)

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

static void add_frame(struct oops_assessment *a, int weight, const struct oops_frame *frame,
		      const char *text)
{
	oops_add_evidence(a, weight, frame->line, frame->quote, "%s", text);
}

static const struct oops_frame *frame_at(const struct oops_assessment *a, int i)
{
	return i >= 0 && (size_t)i < a->stack.n ? a->stack.frames[i] : NULL;
}

static unsigned int places_at(const struct oops_assessment *a, int i)
{
	return i >= 0 && (size_t)i < a->stack.n ? a->stack.places[i] : 0;
}

/* All places of the frames from @from up to, not including, @to. */
static unsigned int places_between(const struct oops_assessment *a, int from, int to)
{
	unsigned int all = 0;

	for (int i = from; i < to; i++)
		all |= places_at(a, i);
	return all;
}

/* ---- the driver ---- */

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

static bool is_rpmsg_driver(const struct oops_parser *parser, const struct oops_report *r,
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

/* The innermost frame of a driver on top of rpmsg, from @from on; -1 without one. */
static int find_driver_frame(const struct oops_parser *parser, const struct oops_assessment *a,
			     int from)
{
	for (int i = from; (size_t)i < a->stack.n; i++)
		if (!(places_at(a, i) & PLACE_SEND) &&
		    is_rpmsg_driver(parser, a->report, frame_at(a, i)))
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
static void find_driver(const struct oops_parser *parser, struct oops_assessment *a)
{
	const unsigned int not_it = PLACE_TTY | PLACE_TEARDOWN | PLACE_RECEIVE;
	const struct oops_frame *caller = frame_at(a, a->send_last + 1);
	int driver = find_driver_frame(parser, a, a->send_last + 1);

	if (a->send_last >= 0 && caller && caller->module[0] &&
	    !oops_is_core_module(caller->module))
		set_driver(a, caller);
	else if (driver >= 0)
		set_driver(a, frame_at(a, driver));
	else if (a->send_last >= 0 && caller && !caller->module[0] &&
		 !(places_at(a, a->send_last + 1) & not_it))
		set_driver(a, caller);
	else if (a->handle)
		guess_driver(parser, a);
}

/*
 * rpmsg_send() and its like have nothing to trip over but the endpoint: it refuses a NULL one, and
 * takes the operations from it, which only an endpoint that is none any more can lack.
 */
static bool endpoint_was_cleared(const struct oops_assessment *a)
{
	return a->send_first == 0 && !(a->stack.places[0] & PLACE_SEND_INNER) &&
	       a->report->has_address && a->report->address < 256;
}

/* ---- the stop ---- */

static double window(const struct oops_report *r)
{
	return r->kind == OOPS_STALL	   ? STALL_SECONDS
	       : r->kind == OOPS_HUNG_TASK ? HUNG_SECONDS
					   : STOP_SECONDS;
}

static void find_stop(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;

	if (r->stop_during.kind)
		a->stop = &r->stop_during;
	else if (r->stop.kind)
		a->stop = &r->stop;
	if (!a->stop || a->stop->clock != r->clock || r->clock == OOPS_CLOCK_NONE)
		return;
	a->since_stop = r->time - a->stop->time;
	if (r->clock == OOPS_CLOCK_DAY && a->since_stop < -43200)
		a->since_stop += 86400;
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

static void weigh_stop(struct oops_assessment *a)
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

/* Whether the log covers the time before the oops and has no stop in it. */
static void weigh_no_stop(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;
	const bool waits = r->kind == OOPS_STALL || r->kind == OOPS_HUNG_TASK;
	const bool low = r->has_address && r->address < 4096 && !endpoint_was_cleared(a);

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

/* ---- what was freed, and by whom ---- */

static void weigh_freed(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;
	const struct oops_frame *by = oops_trace_find(&r->freed, ANY_REMOVE);

	if (by)
		oops_add_evidence(a, 60, by->line, by->quote,
				  "the memory was freed by the teardown, in %s", by->function);
	else if (r->freed.n == 0 && strstr(r->header, "use-after-free"))
		oops_add_evidence(a, 15, r->line, r->header, "the memory had been freed");
	else if (r->freed.n > 0)
		oops_add_evidence(a, -60, r->freed_line, r->freed.frames[0].quote,
				  "the memory was freed by something else than a teardown");
}

static void find_path(struct oops_assessment *a)
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

/* ---- the address ---- */

/* On 64 bits the upper ones of an address are all equal; of garbage they are not. */
static bool is_garbage(uint64_t address)
{
	return address >> 48 != 0 && address >> 48 != 0xffff;
}

static void weigh_address(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;
	const unsigned int inner = places_at(a, 0);

	if (r->kind == OOPS_KASAN)
		return;
	if (r->unmapped.line && r->address >> 20)
		oops_add_evidence(a, 25, r->unmapped.line, r->unmapped.text,
				  "the page at that address is mapped no more");
	if (r->has_address && (r->address & 0xfff) == 2 && inner & PLACE_GET_BUFFER)
		oops_add_evidence(a, 10, r->line, r->header,
				  "the address ends in 002: the index of a vring's used ring");
	if (endpoint_was_cleared(a))
		oops_add_evidence(a, 10, r->line, r->header,
				  "the endpoint had lost its operations, which a live one has");
	if (r->kind == OOPS_PROTECTION || (r->has_address && is_garbage(r->address)))
		oops_add_evidence(a, 15, r->line, r->header,
				  "the pointer is none: its memory is in other use already");
}

/* ---- who was where ---- */

/* A sender that was interrupted is none that failed. */
static void find_send(struct oops_assessment *a)
{
	a->send_first = oops_stack_first(&a->stack, PLACE_SEND);
	a->send_last = oops_stack_last(&a->stack, PLACE_SEND);
	if (a->send_first > 0 && places_between(a, 0, a->send_first) & PLACE_INTERRUPT)
		a->send_first = a->send_last = -1;
}

static bool below_send_is_its_own(const struct oops_assessment *a)
{
	const unsigned int own = PLACE_SEND | PLACE_VIRTQUEUE | PLACE_GET_BUFFER | PLACE_WAIT |
				 PLACE_LOCK | PLACE_GENERIC | PLACE_DEV_MESSAGE;

	for (int i = a->send_first - 1; i >= 0; i--) {
		/* Beyond is whatever the remote processor's driver does to kick it. */
		if (strcmp(frame_at(a, i)->function, "rproc_virtio_notify") == 0)
			return true;
		if (!(places_at(a, i) & own))
			return false;
	}
	return true;
}

static void weigh_send(struct oops_assessment *a)
{
	const struct oops_frame *send = frame_at(a, a->send_first), *top = frame_at(a, 0);

	if (!send)
		return;
	a->handle = true;
	add_frame(a, 25, send, "a sender was inside rpmsg");
	if (a->send_first == 0)
		oops_add_evidence(a, 15, 0, NULL, "it failed in the send function itself");
	else if (below_send_is_its_own(a))
		add_frame(a, 15, top, "it failed in what the send works on");
}

/* The driver's write function touches its port or device, and no send is in sight. */
static void weigh_driver_itself(const struct oops_parser *parser, struct oops_assessment *a)
{
	const int driver = find_driver_frame(parser, a, 0);
	const int message = oops_stack_first(&a->stack, PLACE_DEV_MESSAGE);
	const unsigned int below = driver > 0 ? places_between(a, 0, driver) : 0;

	if (a->handle || driver < 0 || below & PLACE_INTERRUPT)
		return;
	if (message >= 0 && message < driver) {
		a->handle = true;
		add_frame(a, 35, frame_at(a, message),
			  "an rpmsg driver was printing a message about its device");
	} else if (driver == 0 && strstr(frame_at(a, 0)->function, "write")) {
		a->handle = true;
		add_frame(a, 20, frame_at(a, 0), "the write function of an rpmsg driver failed");
	}
}

static bool other_driver_in_stack(const struct oops_parser *parser, const struct oops_assessment *a)
{
	for (int i = 0; (size_t)i < a->stack.n; i++)
		if (frame_at(a, i)->module[0] && !oops_is_core_module(frame_at(a, i)->module) &&
		    !is_rpmsg_driver(parser, a->report, frame_at(a, i)))
			return true;
	return false;
}

/*
 * The tty core touches a port that went with its driver: at the close of a descriptor, mostly. Only
 * a stop, or who freed the memory, ties that to rpmsg.
 */
static void weigh_tty(const struct oops_parser *parser, struct oops_assessment *a)
{
	const int tty = oops_stack_first(&a->stack, PLACE_TTY);
	const bool freed = oops_trace_find(&a->report->freed, PLACE_TEARDOWN);
	const bool close = oops_stack_first(&a->stack, PLACE_TTY_CLOSE) >= 0;

	if (a->handle || tty < 0 || other_driver_in_stack(parser, a) ||
	    places_between(a, 0, tty) & PLACE_INTERRUPT)
		return;
	if (!freed && !(close && a->stop && (parser->n_drivers > 0 || a->report->rpmsg_listed)))
		return;
	a->handle = true;
	add_frame(a, 30, frame_at(a, tty),
		  close ? "a descriptor of a tty was being closed" : "a tty was being used");
}

static void weigh_user(struct oops_assessment *a)
{
	const int tty = oops_stack_first(&a->stack, PLACE_TTY_WRITE);

	a->user = tty >= 0 || oops_stack_first(&a->stack, PLACE_TTY_CLOSE) >= 0;
	for (size_t i = 0; i < a->stack.n && !a->user; i++)
		a->user = strncmp(a->stack.frames[i]->function, "vfs_write", 9) == 0;
	if (tty > a->send_last && a->handle)
		add_frame(a, 5, frame_at(a, tty), "a program was writing to a tty");
}

/* What a sender's stack must not have further out. */
static void weigh_surroundings(struct oops_assessment *a)
{
	const int teardown = oops_stack_last(&a->stack, ANY_REMOVE);
	const int probe = oops_stack_last(&a->stack, PLACE_PROBE);
	const int transport = oops_stack_last(&a->stack, PLACE_OTHER_TRANSPORT);

	/* Of a stack that another one is mixed into, the outer part may be the other's. */
	if (!a->handle || a->report->tangled)
		return;
	if (teardown > a->send_last)
		add_frame(a, -60, frame_at(a, teardown),
			  "it is the teardown itself that came here, nobody who ran beside it");
	if (probe > a->send_last)
		add_frame(a, -60, frame_at(a, probe), "a driver was just being set up");
	if (transport >= 0)
		add_frame(a, -80, frame_at(a, transport), "this rpmsg does not run over virtio");
}

static void weigh_origin(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;

	if (r->unsafe.kind)
		oops_add_evidence(a, 20, r->unsafe.line, r->unsafe.quote,
				  "rpmsg-guard itself called the stop unsafe");
	if (r->nameless.kind)
		oops_add_evidence(a, 20, r->nameless.line, r->nameless.quote,
				  "a driver spoke of a device that had lost its name already");
	if (r->tangled)
		oops_add_evidence(
			a, -10, 0, NULL,
			"lines of another CPU are mixed in: part of the stack may be its");
	if (r->kind == OOPS_TRACE)
		oops_add_evidence(a, -15, r->line, r->header,
				  "only a stack trace: what it was printed for is missing");
	if (r->kind > OOPS_WARNING && strchr(r->tainted, 'D'))
		oops_add_evidence(a, -10, 0, NULL, "the kernel had died before (taint D)");
}

/* ---- which variant ---- */

static enum oops_variant variant_of_send(const struct oops_assessment *a)
{
	const unsigned int below = places_between(a, 0, a->send_first + 1);
	const bool inner = places_at(a, a->send_first) & PLACE_SEND_INNER;
	const bool during = a->stop == &a->report->stop_during;
	const double since = a->has_since_stop ? a->since_stop : NAN;

	if (below & PLACE_WAIT || a->report->kind == OOPS_STALL)
		return OOPS_VARIANT_SLEEPER;
	/* It timed out and says so, through the channel's device. */
	if (inner && below & PLACE_DEV_MESSAGE)
		return OOPS_VARIANT_SLEEPER;
	if (!inner && a->send_first == 0)
		return OOPS_VARIANT_STALE;
	if (since >= TIMEOUT_FROM && since <= TIMEOUT_TO)
		return OOPS_VARIANT_SLEEPER;
	if (during || since < IN_FLIGHT_SECONDS)
		return OOPS_VARIANT_IN_FLIGHT;
	/*
	 * A send that begins after the teardown mostly fails before it gets to the rings, on the
	 * freed endpoint; one that was inside before knows its ring and fails there, when it wakes.
	 */
	if (below & PLACE_GET_BUFFER)
		return OOPS_VARIANT_SLEEPER;
	return a->has_since_stop ? OOPS_VARIANT_STALE : OOPS_VARIANT_IN_FLIGHT;
}

static enum oops_variant find_variant(const struct oops_assessment *a)
{
	const int message = oops_stack_first(&a->stack, PLACE_DEV_MESSAGE);

	if (!a->handle)
		return OOPS_VARIANT_NONE;
	if (a->send_first >= 0)
		return variant_of_send(a);
	if (message >= 0)
		return OOPS_VARIANT_ERROR_PATH;
	if (oops_stack_first(&a->stack, PLACE_TTY_CLOSE) >= 0)
		return OOPS_VARIANT_CLOSE;
	return OOPS_VARIANT_STALE;
}

/*
 * Where the sender failed mostly tells what it had done before; a time would tell for sure. KASAN's
 * reports do without: the place is the first wrong access, and not one of chance.
 */
static void doubt_variant(struct oops_assessment *a)
{
	const bool told = a->send_first >= 0 &&
			  places_between(a, 0, a->send_first + 1) & PLACE_WAIT;

	if (oops_is_race(a) && a->send_first > 0 && !a->stop && !told &&
	    a->report->kind != OOPS_KASAN)
		oops_add_evidence(
			a, 0, 0, NULL,
			"no stop is in the log: the variant is the likeliest for that place");
}

/* ---- what else it can be ---- */

static enum oops_cause cause_of_panic(const struct oops_assessment *a)
{
	static const struct {
		const char *words;
		enum oops_cause cause;
	} reasons[] = {
		{ "sysrq triggered", OOPS_CAUSE_SYSRQ },
		{ "ut of memory", OOPS_CAUSE_MEMORY },
		{ "deadlocked on memory", OOPS_CAUSE_MEMORY },
		{ "VFS: ", OOPS_CAUSE_INIT },
		{ "No working init", OOPS_CAUSE_INIT },
		{ "No init found", OOPS_CAUSE_INIT },
		{ "kill init", OOPS_CAUSE_INIT },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strstr(a->report->header, reasons[i].words))
			return reasons[i].cause;
	return OOPS_CAUSE_UNKNOWN;
}

static enum oops_cause find_cause(const struct oops_assessment *a)
{
	const struct oops_stack *s = &a->stack;

	for (size_t i = 0; i < s->n; i++)
		if (strncmp(s->frames[i]->function, "sysrq_handle_crash", 18) == 0)
			return OOPS_CAUSE_SYSRQ;
	if (a->report->kind == OOPS_PANIC && cause_of_panic(a))
		return cause_of_panic(a);
	if (oops_stack_first(s, PLACE_OTHER_TRANSPORT) >= 0)
		return OOPS_CAUSE_TRANSPORT;
	if (oops_stack_last(s, PLACE_TEARDOWN) > a->send_last)
		return OOPS_CAUSE_TEARDOWN;
	if (oops_stack_last(s, PLACE_PROBE) > a->send_last)
		return OOPS_CAUSE_PROBE;
	if (a->handle)
		return OOPS_CAUSE_SEND;
	if (oops_stack_first(s, PLACE_RECEIVE) >= 0)
		return OOPS_CAUSE_RECEIVE;
	if (oops_stack_first(s, PLACE_TTY) >= 0)
		return OOPS_CAUSE_TTY;
	return OOPS_CAUSE_UNKNOWN;
}

static void explain_other(struct oops_assessment *a)
{
	if (a->handle)
		return;
	if (a->report->rpmsg_listed)
		oops_add_evidence(
			a, 0, 0, NULL,
			"rpmsg is loaded, but no sender and no rpmsg tty is in the stack");
	else
		oops_add_evidence(a, 0, 0, NULL, "no sender and no rpmsg tty is in the stack");
}

void oops_assess(const struct oops_parser *parser, const struct oops_report *report,
		 struct oops_assessment *a)
{
	memset(a, 0, sizeof(*a));
	a->report = report;
	oops_stack_build(report, &a->stack);
	find_send(a);
	find_stop(a);
	/* Locks taken in the wrong order and their like are no failed access, whoever took them. */
	if (report->kind != OOPS_LINT) {
		weigh_send(a);
		weigh_driver_itself(parser, a);
		weigh_tty(parser, a);
	}
	if (a->handle) {
		weigh_user(a);
		weigh_address(a);
		weigh_freed(a);
		weigh_stop(a);
		weigh_no_stop(a);
		weigh_origin(a);
	}
	weigh_surroundings(a);
	find_driver(parser, a);
	a->variant = find_variant(a);
	doubt_variant(a);
	find_path(a);
	a->cause = find_cause(a);
	explain_other(a);
}
