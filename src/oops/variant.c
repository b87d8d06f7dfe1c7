// SPDX-License-Identifier: GPL-2.0-only
#include "oops/variant.h"

#include <math.h>

#include "oops/evidence.h"
#include "oops/functions.h"
#include "oops/stop.h"

/* A sender that was inside when the rings went does not take longer to notice, with slack. */
#define IN_FLIGHT_SECONDS 1.0

static enum oops_variant variant_of_send(const struct oops_assessment *a)
{
	const unsigned int below = oops_places_between(a, 0, a->send_first + 1);
	const bool inner = oops_places_at(a, a->send_first) & PLACE_SEND_INNER;
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

enum oops_variant oops_find_variant(const struct oops_assessment *a)
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
void oops_doubt_variant(struct oops_assessment *a)
{
	const bool told = a->send_first >= 0 &&
			  oops_places_between(a, 0, a->send_first + 1) & PLACE_WAIT;

	if (oops_is_race(a) && a->send_first > 0 && !a->stop && !told &&
	    a->report->kind != OOPS_KASAN)
		oops_add_evidence(
			a, 0, 0, NULL,
			"no stop is in the log: the variant is the likeliest for that place");
}
