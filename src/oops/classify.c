// SPDX-License-Identifier: GPL-2.0-only
#include "oops/classify.h"

#include <string.h>

#include "oops/cause.h"
#include "oops/driver.h"
#include "oops/evidence.h"
#include "oops/memory.h"
#include "oops/sender.h"
#include "oops/stop.h"
#include "oops/variant.h"

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

void oops_assess(const struct oops_parser *parser, const struct oops_report *report,
		 struct oops_assessment *a)
{
	memset(a, 0, sizeof(*a));
	a->report = report;
	oops_stack_build(report, &a->stack);
	oops_find_send(a);
	oops_find_stop(a);
	/* Locks taken in the wrong order and their like are no failed access, whoever took them. */
	if (report->kind != OOPS_LINT) {
		oops_weigh_send(a);
		oops_weigh_driver_itself(parser, a);
		oops_weigh_tty(parser, a);
	}
	if (a->handle) {
		oops_weigh_user(a);
		oops_weigh_address(a);
		oops_weigh_freed(a);
		oops_weigh_stop(a);
		oops_weigh_no_stop(a);
		weigh_origin(a);
	}
	oops_weigh_surroundings(a);
	oops_name_driver(parser, a);
	a->variant = oops_find_variant(a);
	oops_doubt_variant(a);
	oops_find_path(a);
	a->cause = oops_find_cause(a);
	oops_explain_other(a);
}
