// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose stack a report shows: the stack of a sender or of another user of a handle. Without such a
 * user nothing in the log makes it a report of this race. Then all that speaks for it or against it.
 */
#include "oops/assess.h"

#include "oops/driver.h"
#include "oops/stop.h"

/* A sender that was inside when the rings went does not take longer to notice, with slack. */
#define IN_FLIGHT_SECONDS 1.0

/* ---- the sender, or another user of a handle ---- */

static void find_send(struct oops_assessment *a)
{
	a->send_first = oops_first(a, PLACE_SEND);
	a->send_last = oops_last(a, PLACE_SEND);
	/* When a sender was interrupted, it is the interrupt that failed. */
	if (oops_places_below(a, a->send_first) & PLACE_INTERRUPT)
		a->send_first = a->send_last = -1;
}

static void add_frame(struct oops_assessment *a, int weight, int frame, const char *text)
{
	oops_add_evidence(a, weight, &a->frames[frame]->quote, "%s", text);
}

/* The function of frame @frame uses a handle. */
static void add_user(struct oops_assessment *a, int weight, int frame, const char *text)
{
	a->handle = true;
	add_frame(a, weight, frame, text);
}

static bool below_send_is_its_own(const struct oops_assessment *a)
{
	const unsigned int own = PLACE_SEND | PLACE_VIRTQUEUE | PLACE_GET_BUFFER | PLACE_WAIT |
				 PLACE_LOCK | PLACE_GENERIC | PLACE_DEV_MESSAGE | PLACE_TRAMPOLINE |
				 PLACE_REPORT;

	for (int i = a->send_first - 1; i >= 0; i--) {
		/* Beyond is whatever the remote processor's driver does to kick it. */
		if (strcmp(a->frames[i]->function, "rproc_virtio_notify") == 0)
			return true;
		if (!(a->places[i] & own))
			return false;
	}
	return true;
}

static void weigh_send(struct oops_assessment *a)
{
	if (a->send_first < 0)
		return;
	add_user(a, 25, a->send_first, "a sender was inside rpmsg");
	a->own_last = a->send_last;
	/* Further in may be frames that the log has lost. */
	if (a->send_first == 0 && a->report->headless)
		return;
	if (a->send_first == 0)
		oops_add_evidence(a, 15, NULL, "it failed in the send function itself");
	else if (below_send_is_its_own(a))
		add_frame(a, 15, 0, "it failed in a function that the send called");
}

/* What takes the channel or its driver down or up, further in than @end. */
static bool binds_below(const struct oops_assessment *a, int from, int end)
{
	for (int i = from; i < end; i++)
		if (a->places[i] & (ANY_REMOVE | PLACE_PROBE) && !(a->places[i] & PLACE_HANDLE))
			return true;
	return false;
}

static bool other_driver_in_stack(const struct oops_assessment *a)
{
	for (int i = 0; i < a->n_frames; i++)
		if (oops_is_other_module(a->frames[i]) && !oops_is_driver(a, a->frames[i]))
			return true;
	return false;
}

/*
 * A program opens, reads, polls, controls or closes a device: the frame that works on the endpoint
 * or in the driver, -1 when there is none.
 */
static int handle_frame(const struct oops_assessment *a, int file)
{
	const int handle = oops_first(a, PLACE_HANDLE), driver = oops_driver_frame(a, 0);
	const int use = handle >= 0 && handle < file ? handle : driver;

	if (oops_places_below(a, file) & PLACE_INTERRUPT || binds_below(a, 0, file))
		return -1;
	/* The core of the kernel alone, on a wait queue or the like: only who freed it ties it to rpmsg. */
	if (use < 0 || use > file)
		return oops_trace_find(&a->report->freed, PLACE_TEARDOWN) &&
				       !other_driver_in_stack(a)
			       ? file
			       : -1;
	for (int i = 0; i < use; i++)
		if (oops_is_other_module(a->frames[i]) && !oops_is_driver(a, a->frames[i]))
			return -1;
	return use;
}

static void weigh_handle(struct oops_assessment *a)
{
	const int file = oops_first(a, PLACE_FILE), use = file < 0 ? -1 : handle_frame(a, file);

	if (a->handle || use < 0 || oops_first(a, PLACE_DEV_MESSAGE) >= 0)
		return;
	if (a->places[use] & PLACE_HANDLE)
		add_user(a, 25, use, "a program was using an endpoint through its open device");
	else if (use == file)
		add_user(a, 20, use, "a program was using its open file");
	else
		add_user(a, 20, use, "a program was in the driver of an rpmsg device");
	a->own_last = file;
}

/* The driver's write function touches its port or device, and no send is in sight. */
static void weigh_driver_itself(struct oops_assessment *a)
{
	const int driver = oops_driver_frame(a, 0), message = oops_first(a, PLACE_DEV_MESSAGE);

	if (a->handle || driver < 0 || oops_places_below(a, driver) & PLACE_INTERRUPT)
		return;
	if (message >= 0 && message < driver)
		add_user(a, 35, message, "an rpmsg driver was printing a message about its device");
	else if (driver == 0 && strstr(a->frames[0]->function, "write"))
		add_user(a, 20, 0, "the write function of an rpmsg driver failed");
}

/*
 * The tty core touches a port that went with its driver: at the close of a descriptor, mostly. Only
 * a stop, or the function that freed the memory, ties that to rpmsg.
 */
static void weigh_tty(struct oops_assessment *a)
{
	const int tty = oops_first(a, PLACE_TTY);
	const bool freed = oops_trace_find(&a->report->freed, PLACE_TEARDOWN);
	const bool close = oops_first(a, PLACE_TTY_CLOSE) >= 0;

	if (a->handle || tty < 0 || other_driver_in_stack(a) ||
	    oops_places_below(a, tty) & PLACE_INTERRUPT)
		return;
	if (freed || (close && a->stop && (a->log->n_drivers > 0 || a->report->rpmsg_listed)))
		add_user(a, 30, tty,
			 close ? "a descriptor of a tty was being closed" : "a tty was being used");
}

/*
 * The log ends before the stack: only where the CPU was is known, and that any virtqueue can be
 * there. With a stop right before, a sender is the likeliest, but no more.
 */
static void weigh_cut(struct oops_assessment *a)
{
	const unsigned int fits = PLACE_GET_BUFFER | PLACE_VIRTQUEUE | PLACE_WAIT;

	if (a->handle || !a->cut || !a->stop || !(oops_places_at(a, 0) & fits) ||
	    oops_places_below(a, a->n_frames) & (ANY_REMOVE | PLACE_RECEIVE | PLACE_INTERRUPT) ||
	    other_driver_in_stack(a))
		return;
	a->at_most = OOPS_CONFIDENCE_LOW;
	add_user(a, 10, 0,
		 "it failed in a function that a send calls, and the log ends before "
		 "the stack");
}

static void weigh_user(struct oops_assessment *a)
{
	const int tty = oops_first(a, PLACE_TTY_WRITE);

	a->tty = oops_first(a, PLACE_TTY) >= 0;
	a->user = tty >= 0 || oops_first(a, PLACE_TTY_CLOSE) >= 0 || oops_first(a, PLACE_FILE) >= 0;
	if (tty > a->send_last)
		add_frame(a, 5, tty, "a program was writing to a tty");
}

/* What a sender's stack must not have further out. */
static void weigh_surroundings(struct oops_assessment *a)
{
	const int teardown = oops_last(a, ANY_REMOVE), probe = oops_last(a, PLACE_PROBE);
	const int transport = oops_last(a, PLACE_OTHER_TRANSPORT);

	/* When two stacks are mixed, the outer part may belong to the other stack. */
	if (a->report->tangled)
		return;
	if (teardown > a->own_last)
		add_frame(a, -60, teardown,
			  "the teardown itself failed here, not a sender at the same time");
	if (probe > a->own_last)
		add_frame(a, -60, probe, "a driver was in its probe function");
	if (transport >= 0)
		add_frame(a, -80, transport, "this rpmsg does not run over virtio");
}

static void weigh_origin(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;

	if (r->before.unsafe.kind)
		oops_add_evidence(a, 20, &r->before.unsafe.quote,
				  "rpmsg-guard reported the stop as unsafe");
	if (r->before.nameless.kind)
		oops_add_evidence(a, 20, &r->before.nameless.quote,
				  "a driver printed a message about a device that had already "
				  "lost its name");
	if (r->tangled)
		oops_add_evidence(
			a, -10, NULL,
			"lines of another CPU are mixed in: a part of the stack may belong to "
			"that CPU");
	if (r->kind == OOPS_TRACE)
		oops_add_evidence(a, -15, &r->header,
				  "only a stack trace: the lines before it, with the reason, "
				  "are missing");
	else if (r->headless)
		oops_add_evidence(a, 0, &r->header, "the head of the report is missing");
	if (r->kind > OOPS_WARNING && strchr(r->tainted, 'D'))
		oops_add_evidence(a, -10, NULL, "the kernel had died before (taint D)");
}

/* ---- the variant ---- */

/*
 * The log never says which of the race's variants it is: what tells is where the sender failed, and
 * how long after the stop.
 */
static enum oops_variant variant_of_send(const struct oops_assessment *a)
{
	const int end = a->send_first < 0 ? a->n_frames : a->send_first + 1;
	const unsigned int below = oops_places_below(a, end);
	const bool inner = oops_places_at(a, a->send_first) & PLACE_SEND_INNER;
	const bool during = a->stop == &a->report->stop_during;

	if (below & PLACE_WAIT || a->report->kind == OOPS_STALL)
		return OOPS_VARIANT_SLEEPER;
	/* It timed out and says so, through the channel's device. */
	if (inner && below & PLACE_DEV_MESSAGE)
		return OOPS_VARIANT_SLEEPER;
	if (!inner && a->send_first == 0 && !a->report->headless)
		return OOPS_VARIANT_STALE;
	if (oops_is_send_timeout(a))
		return OOPS_VARIANT_SLEEPER;
	if (during || (a->has_since_stop && a->since_stop < IN_FLIGHT_SECONDS))
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
	if (!a->handle)
		return OOPS_VARIANT_NONE;
	if (a->send_first >= 0 || a->at_most == OOPS_CONFIDENCE_LOW)
		return variant_of_send(a);
	if (oops_first(a, PLACE_DEV_MESSAGE) >= 0)
		return OOPS_VARIANT_ERROR_PATH;
	if (oops_first(a, PLACE_TTY_CLOSE) >= 0)
		return OOPS_VARIANT_CLOSE;
	return OOPS_VARIANT_STALE;
}

/*
 * Where the sender failed mostly tells what it had done before; a time would tell for sure. A
 * report of KASAN needs no time: its place is the first wrong access, not an accidental one.
 */
static void doubt_variant(struct oops_assessment *a)
{
	const bool told = oops_places_below(a, a->send_first + 1) & PLACE_WAIT;

	if (oops_is_race(a) && a->send_first > 0 && !a->stop && !told &&
	    a->report->kind != OOPS_KASAN)
		oops_add_evidence(
			a, 0, NULL,
			"the log has no stop: this variant is the most probable one for this "
			"place");
}

/* ---- all of it ---- */

/* The stack does not end in a frame that every stack ends in. */
static bool stack_is_cut(const struct oops_assessment *a)
{
	return a->report->cut && oops_first(a, PLACE_BOTTOM) < 0;
}

/* What is missing for the race. */
static void weigh_nothing(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;

	if (a->cut)
		oops_add_evidence(a, 0, NULL, "the log ends before the end of the stack");
	else
		oops_add_evidence(a, 0, NULL, "%sno sender and no rpmsg tty is in the stack%s",
				  r->rpmsg_listed ? "rpmsg is loaded, but " : "",
				  r->headless ? ", as far as the log shows" : "");
	if (a->leftover)
		oops_add_evidence(
			a, 0, &a->leftover->quote,
			"%.0f s before, there was still an object that a stop should have freed",
			oops_time_between(r->clock, a->leftover->time, r->time));
}

void oops_assess(const struct oops_log *log, const struct oops_report *report,
		 struct oops_assessment *a)
{
	oops_begin_assessment(a, log, report);
	find_send(a);
	oops_find_stop(a);
	a->cut = stack_is_cut(a);
	/* A complaint about locks and the like is no failed access, whatever is in its stack. */
	if (report->kind != OOPS_LINT) {
		weigh_send(a);
		weigh_handle(a);
		weigh_driver_itself(a);
		weigh_tty(a);
		weigh_cut(a);
	}
	if (a->handle) {
		weigh_user(a);
		oops_weigh_stop(a);
		weigh_origin(a);
		weigh_surroundings(a);
	}
	oops_name_driver(a);
	a->variant = find_variant(a);
	doubt_variant(a);
	oops_find_path(a);
	oops_find_leftover(a);
	if (!a->handle)
		weigh_nothing(a);
}
