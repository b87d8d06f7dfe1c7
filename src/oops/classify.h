/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Weighs what a report says for and against the rpmsg shutdown race.
 */
#ifndef RPMSG_GUARD_OOPS_CLASSIFY_H
#define RPMSG_GUARD_OOPS_CLASSIFY_H

#include "oops/oops.h"
#include "oops/parse.h"
#include "oops/stack.h"

/* What an oops is when it is not this race, or what stands in the way of calling it that. */
enum oops_cause {
	OOPS_CAUSE_UNKNOWN,
	OOPS_CAUSE_SEND,      /* a sender, but nothing tells of a stop */
	OOPS_CAUSE_RECEIVE,   /* rpmsg's receive path */
	OOPS_CAUSE_TEARDOWN,  /* the stop itself */
	OOPS_CAUSE_PROBE,     /* the start */
	OOPS_CAUSE_TRANSPORT, /* rpmsg over something else than virtio */
	OOPS_CAUSE_TTY,	      /* another tty's */
	OOPS_CAUSE_SYSRQ,
	OOPS_CAUSE_MEMORY, /* out of memory */
	OOPS_CAUSE_INIT,   /* no root file system, no init, or init died */
};

struct oops_assessment {
	const struct oops_report *report;
	struct oops_stack stack;
	int send_first, send_last; /* frames of the send, -1 without one */
	bool handle; /* a sender or a user of a handle is seen: without, it is never this race */
	bool user;   /* it came from a program's write or close, not from the kernel itself */
	int score;
	enum oops_confidence confidence;
	enum oops_variant variant;
	enum oops_path path;
	enum oops_cause cause;
	const struct oops_event *stop; /* the stop that it is seen with, or NULL */
	bool has_since_stop;
	double since_stop;
	char driver[OOPS_NAME_MAX], sender[OOPS_NAME_MAX];
	struct oops_evidence evidence[OOPS_EVIDENCE_MAX];
	size_t n_evidence;
};

void oops_assess(const struct oops_parser *parser, const struct oops_report *report,
		 struct oops_assessment *a);

static inline bool oops_is_race(const struct oops_assessment *a)
{
	return a->handle && a->confidence != OOPS_CONFIDENCE_NONE;
}

#endif
