// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose stack a report shows: the stack of a sender or of another user of a handle. Without such a
 * user nothing in the log makes it a report of this race. Then all that speaks for it or against it.
 */
#include "oops/assess.h"

#include "oops/stop.h"

/* A sender that was inside when the rings went does not take longer to notice, with slack. */
#define IN_FLIGHT_SECONDS 1.0

/* ---- the driver ---- */

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

static bool is_rpmsg_driver(const struct oops_assessment *a, const struct oops_frame *frame)
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

/* The innermost frame, from @from on, of a driver on top of rpmsg; -1 when there is none. */
static int driver_frame(const struct oops_assessment *a, int from)
{
	for (int i = from; i < a->n_frames; i++)
		if (!(a->places[i] & PLACE_SEND) && is_rpmsg_driver(a, a->frames[i]))
			return i;
	return -1;
}

static bool is_other_module(const struct oops_frame *frame)
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

/* The caller of rpmsg, or what the tty core called in place of it. */
static void name_driver(struct oops_assessment *a)
{
	const unsigned int not_it = PLACE_TTY | PLACE_TEARDOWN | PLACE_RECEIVE;
	const int next = a->send_last + 1, driver = driver_frame(a, next);
	const struct oops_frame *caller = a->send_last >= 0 ? oops_frame_at(a, next) : NULL;

	if (caller && is_other_module(caller))
		set_driver(a, caller);
	else if (driver >= 0)
		set_driver(a, a->frames[driver]);
	else if (caller && !caller->module[0] && !(a->places[next] & not_it))
		set_driver(a, caller);
	else if (a->handle)
		guess_driver(a);
}

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
				 PLACE_LOCK | PLACE_GENERIC | PLACE_DEV_MESSAGE;

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
	if (a->send_first == 0)
		oops_add_evidence(a, 15, NULL, "it failed in the send function itself");
	else if (below_send_is_its_own(a))
		add_frame(a, 15, 0, "it failed in what the send works on");
}

/* The driver's write function touches its port or device, and no send is in sight. */
static void weigh_driver_itself(struct oops_assessment *a)
{
	const int driver = driver_frame(a, 0), message = oops_first(a, PLACE_DEV_MESSAGE);

	if (a->handle || driver < 0 || oops_places_below(a, driver) & PLACE_INTERRUPT)
		return;
	if (message >= 0 && message < driver)
		add_user(a, 35, message, "an rpmsg driver was printing a message about its device");
	else if (driver == 0 && strstr(a->frames[0]->function, "write"))
		add_user(a, 20, 0, "the write function of an rpmsg driver failed");
}

static bool other_driver_in_stack(const struct oops_assessment *a)
{
	for (int i = 0; i < a->n_frames; i++)
		if (is_other_module(a->frames[i]) && !is_rpmsg_driver(a, a->frames[i]))
			return true;
	return false;
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

static void weigh_user(struct oops_assessment *a)
{
	const int tty = oops_first(a, PLACE_TTY_WRITE);

	a->user = tty >= 0 || oops_first(a, PLACE_TTY_CLOSE) >= 0;
	for (int i = 0; i < a->n_frames && !a->user; i++)
		a->user = begins(a->frames[i]->function, "vfs_write");
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
	if (teardown > a->send_last)
		add_frame(a, -60, teardown,
			  "it is the teardown itself that came here, nobody who ran beside it");
	if (probe > a->send_last)
		add_frame(a, -60, probe, "a driver was just being set up");
	if (transport >= 0)
		add_frame(a, -80, transport, "this rpmsg does not run over virtio");
}

static void weigh_origin(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;

	if (r->before.unsafe.kind)
		oops_add_evidence(a, 20, &r->before.unsafe.quote,
				  "rpmsg-guard itself called the stop unsafe");
	if (r->before.nameless.kind)
		oops_add_evidence(a, 20, &r->before.nameless.quote,
				  "a driver spoke of a device that had lost its name already");
	if (r->tangled)
		oops_add_evidence(
			a, -10, NULL,
			"lines of another CPU are mixed in: part of the stack may be its");
	if (r->kind == OOPS_TRACE)
		oops_add_evidence(a, -15, &r->header,
				  "only a stack trace: what it was printed for is missing");
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
	const unsigned int below = oops_places_below(a, a->send_first + 1);
	const bool inner = a->places[a->send_first] & PLACE_SEND_INNER;
	const bool during = a->stop == &a->report->stop_during;

	if (below & PLACE_WAIT || a->report->kind == OOPS_STALL)
		return OOPS_VARIANT_SLEEPER;
	/* It timed out and says so, through the channel's device. */
	if (inner && below & PLACE_DEV_MESSAGE)
		return OOPS_VARIANT_SLEEPER;
	if (!inner && a->send_first == 0)
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
	if (a->send_first >= 0)
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
			"no stop is in the log: the variant is the likeliest for that place");
}

/* ---- all of it ---- */

void oops_assess(const struct oops_log *log, const struct oops_report *report,
		 struct oops_assessment *a)
{
	oops_begin_assessment(a, log, report);
	find_send(a);
	oops_find_stop(a);
	/* A complaint about locks and the like is no failed access, whatever is in its stack. */
	if (report->kind != OOPS_LINT) {
		weigh_send(a);
		weigh_driver_itself(a);
		weigh_tty(a);
	}
	if (a->handle) {
		weigh_user(a);
		oops_weigh_stop(a);
		weigh_origin(a);
		weigh_surroundings(a);
	}
	name_driver(a);
	a->variant = find_variant(a);
	doubt_variant(a);
	oops_find_path(a);
	/* What is missing for the race. */
	if (!a->handle)
		oops_add_evidence(a, 0, NULL, "%sno sender and no rpmsg tty is in the stack",
				  report->rpmsg_listed ? "rpmsg is loaded, but " : "");
}
