// SPDX-License-Identifier: GPL-2.0-only
#include "oops/memory.h"

#include <string.h>

#include "oops/evidence.h"
#include "oops/functions.h"

/* ---- what was freed, and by whom ---- */

void oops_weigh_freed(struct oops_assessment *a)
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

/* ---- the address ---- */

/*
 * rpmsg_send() and its like have nothing to trip over but the endpoint: it refuses a NULL one, and
 * takes the operations from it, which only an endpoint that is none any more can lack.
 */
bool oops_endpoint_was_cleared(const struct oops_assessment *a)
{
	return a->send_first == 0 && !(a->stack.places[0] & PLACE_SEND_INNER) &&
	       a->report->has_address && a->report->address < 256;
}

/* On 64 bits the upper ones of an address are all equal; of garbage they are not. */
static bool is_garbage(uint64_t address)
{
	return address >> 48 != 0 && address >> 48 != 0xffff;
}

void oops_weigh_address(struct oops_assessment *a)
{
	const struct oops_report *r = a->report;
	const unsigned int inner = oops_places_at(a, 0);

	if (r->kind == OOPS_KASAN)
		return;
	if (r->unmapped.line && r->address >> 20)
		oops_add_evidence(a, 25, r->unmapped.line, r->unmapped.text,
				  "the page at that address is mapped no more");
	if (r->has_address && (r->address & 0xfff) == 2 && inner & PLACE_GET_BUFFER)
		oops_add_evidence(a, 10, r->line, r->header,
				  "the address ends in 002: the index of a vring's used ring");
	if (oops_endpoint_was_cleared(a))
		oops_add_evidence(a, 10, r->line, r->header,
				  "the endpoint had lost its operations, which a live one has");
	if (r->kind == OOPS_PROTECTION || (r->has_address && is_garbage(r->address)))
		oops_add_evidence(a, 15, r->line, r->header,
				  "the pointer is none: its memory is in other use already");
}
