// SPDX-License-Identifier: GPL-2.0-only
#include "oops/sender.h"

#include <string.h>

#include "oops/driver.h"
#include "oops/evidence.h"
#include "oops/functions.h"

/* A sender that was interrupted is none that failed. */
void oops_find_send(struct oops_assessment *a)
{
	a->send_first = oops_stack_first(&a->stack, PLACE_SEND);
	a->send_last = oops_stack_last(&a->stack, PLACE_SEND);
	if (a->send_first > 0 && oops_places_between(a, 0, a->send_first) & PLACE_INTERRUPT)
		a->send_first = a->send_last = -1;
}

static bool below_send_is_its_own(const struct oops_assessment *a)
{
	const unsigned int own = PLACE_SEND | PLACE_VIRTQUEUE | PLACE_GET_BUFFER | PLACE_WAIT |
				 PLACE_LOCK | PLACE_GENERIC | PLACE_DEV_MESSAGE;

	for (int i = a->send_first - 1; i >= 0; i--) {
		/* Beyond is whatever the remote processor's driver does to kick it. */
		if (strcmp(oops_frame_at(a, i)->function, "rproc_virtio_notify") == 0)
			return true;
		if (!(oops_places_at(a, i) & own))
			return false;
	}
	return true;
}

void oops_weigh_send(struct oops_assessment *a)
{
	const struct oops_frame *send = oops_frame_at(a, a->send_first), *top = oops_frame_at(a, 0);

	if (!send)
		return;
	a->handle = true;
	oops_add_frame(a, 25, send, "a sender was inside rpmsg");
	if (a->send_first == 0)
		oops_add_evidence(a, 15, 0, NULL, "it failed in the send function itself");
	else if (below_send_is_its_own(a))
		oops_add_frame(a, 15, top, "it failed in what the send works on");
}

/* The driver's write function touches its port or device, and no send is in sight. */
void oops_weigh_driver_itself(const struct oops_parser *parser, struct oops_assessment *a)
{
	const int driver = oops_driver_frame(parser, a, 0);
	const int message = oops_stack_first(&a->stack, PLACE_DEV_MESSAGE);
	const unsigned int below = driver > 0 ? oops_places_between(a, 0, driver) : 0;

	if (a->handle || driver < 0 || below & PLACE_INTERRUPT)
		return;
	if (message >= 0 && message < driver) {
		a->handle = true;
		oops_add_frame(a, 35, oops_frame_at(a, message),
			       "an rpmsg driver was printing a message about its device");
	} else if (driver == 0 && strstr(oops_frame_at(a, 0)->function, "write")) {
		a->handle = true;
		oops_add_frame(a, 20, oops_frame_at(a, 0),
			       "the write function of an rpmsg driver failed");
	}
}

static bool other_driver_in_stack(const struct oops_parser *parser, const struct oops_assessment *a)
{
	for (int i = 0; (size_t)i < a->stack.n; i++)
		if (oops_frame_at(a, i)->module[0] &&
		    !oops_is_core_module(oops_frame_at(a, i)->module) &&
		    !oops_is_rpmsg_driver(parser, a->report, oops_frame_at(a, i)))
			return true;
	return false;
}

/*
 * The tty core touches a port that went with its driver: at the close of a descriptor, mostly. Only
 * a stop, or who freed the memory, ties that to rpmsg.
 */
void oops_weigh_tty(const struct oops_parser *parser, struct oops_assessment *a)
{
	const int tty = oops_stack_first(&a->stack, PLACE_TTY);
	const bool freed = oops_trace_find(&a->report->freed, PLACE_TEARDOWN);
	const bool close = oops_stack_first(&a->stack, PLACE_TTY_CLOSE) >= 0;

	if (a->handle || tty < 0 || other_driver_in_stack(parser, a) ||
	    oops_places_between(a, 0, tty) & PLACE_INTERRUPT)
		return;
	if (!freed && !(close && a->stop && (parser->n_drivers > 0 || a->report->rpmsg_listed)))
		return;
	a->handle = true;
	oops_add_frame(a, 30, oops_frame_at(a, tty),
		       close ? "a descriptor of a tty was being closed" : "a tty was being used");
}

void oops_weigh_user(struct oops_assessment *a)
{
	const int tty = oops_stack_first(&a->stack, PLACE_TTY_WRITE);

	a->user = tty >= 0 || oops_stack_first(&a->stack, PLACE_TTY_CLOSE) >= 0;
	for (size_t i = 0; i < a->stack.n && !a->user; i++)
		a->user = strncmp(a->stack.frames[i]->function, "vfs_write", 9) == 0;
	if (tty > a->send_last && a->handle)
		oops_add_frame(a, 5, oops_frame_at(a, tty), "a program was writing to a tty");
}

void oops_weigh_surroundings(struct oops_assessment *a)
{
	const int teardown = oops_stack_last(&a->stack, ANY_REMOVE);
	const int probe = oops_stack_last(&a->stack, PLACE_PROBE);
	const int transport = oops_stack_last(&a->stack, PLACE_OTHER_TRANSPORT);

	/* Of a stack that another one is mixed into, the outer part may be the other's. */
	if (!a->handle || a->report->tangled)
		return;
	if (teardown > a->send_last)
		oops_add_frame(
			a, -60, oops_frame_at(a, teardown),
			"it is the teardown itself that came here, nobody who ran beside it");
	if (probe > a->send_last)
		oops_add_frame(a, -60, oops_frame_at(a, probe), "a driver was just being set up");
	if (transport >= 0)
		oops_add_frame(a, -80, oops_frame_at(a, transport),
			       "this rpmsg does not run over virtio");
}
