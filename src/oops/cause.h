/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a report is about when it is not this race, or what stands in the way of calling it that.
 */
#ifndef RPMSG_GUARD_OOPS_CAUSE_H
#define RPMSG_GUARD_OOPS_CAUSE_H

#include "oops/evidence.h"

enum oops_cause {
	OOPS_CAUSE_UNKNOWN,
	OOPS_CAUSE_CUT,	   /* the log ends before the stack does */
	OOPS_CAUSE_NO_TOP, /* the beginning of the stack is missing */
	OOPS_CAUSE_SEND,
	OOPS_CAUSE_HANDLE, /* another use of an endpoint or a device than a send */
	OOPS_CAUSE_RECEIVE,
	OOPS_CAUSE_TEARDOWN,
	OOPS_CAUSE_PROBE,
	OOPS_CAUSE_OLD_TABLE, /* a fault of the kernel: a start with the table of an attach before */
	OOPS_CAUSE_TABLE_TWICE, /* a fault of the kernel: the table of an attach is freed twice */
	OOPS_CAUSE_TRANSPORT,
	OOPS_CAUSE_TTY,
	OOPS_CAUSE_SYSRQ,
	OOPS_CAUSE_CRASH_PANIC, /* asked for: panic when a remote processor crashes */
	OOPS_CAUSE_MEMORY,
	OOPS_CAUSE_INIT, /* no root file system, no init, or init died */
};

enum oops_cause oops_find_cause(const struct oops_assessment *a);

/* Without a full stop. */
const char *oops_cause_sentence(enum oops_cause cause);

/* NULL when it depends on more. */
const char *oops_cause_advice(enum oops_cause cause);

#endif
