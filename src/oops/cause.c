// SPDX-License-Identifier: GPL-2.0-only
#include "oops/cause.h"

#include <string.h>

#include "oops/evidence.h"
#include "oops/functions.h"

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

enum oops_cause oops_find_cause(const struct oops_assessment *a)
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

void oops_explain_other(struct oops_assessment *a)
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
