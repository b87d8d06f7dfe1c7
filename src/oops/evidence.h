/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The assessment of one report: its call stack as one list, and the sum of what speaks for and
 * against the rpmsg shutdown race.
 */
#ifndef RPMSG_GUARD_OOPS_EVIDENCE_H
#define RPMSG_GUARD_OOPS_EVIDENCE_H

#include "oops/functions.h"
#include "oops/oops.h"
#include "oops/report.h"

#define OOPS_STACK_MAX (OOPS_FRAMES_MAX + 2)

/* Whatever takes a virtio device down below a sender takes the device of the sender down. */
#define ANY_REMOVE (PLACE_TEARDOWN | PLACE_VIRTIO_REMOVE)

struct oops_assessment {
	const struct oops_log *log;
	const struct oops_report *report; /* of that log */

	const struct oops_frame *frames[OOPS_STACK_MAX]; /* innermost first; the report's */
	unsigned int places[OOPS_STACK_MAX];		 /* enum oops_place of each */
	int n_frames;
	int send_first, send_last; /* frames of the send, -1 without a send */

	bool cut;     /* the log ends before the end of the stack */
	bool handle;  /* a sender or a user of a handle is seen: without, it is never this race */
	bool user;    /* it came from a program, through an open file, not from the kernel itself */
	bool tty;     /* that file is a tty */
	int own_last; /* the outermost frame of the handle's user, -1 when it is not known */
	enum oops_confidence at_most;	   /* whatever the sum is */
	const struct oops_event *leftover; /* memory was in disorder before; NULL when not known */
	int score;
	enum oops_confidence confidence;
	enum oops_variant variant;
	enum oops_path path;
	const struct oops_event *stop; /* the stop that it is seen with, or NULL */
	bool has_since_stop;
	double since_stop;
	char driver[OOPS_NAME_MAX], sender[OOPS_NAME_MAX];
	struct oops_evidence evidence[OOPS_EVIDENCE_MAX];
	size_t n_evidence;
};

/* Nothing but the stack is known then. */
void oops_begin_assessment(struct oops_assessment *a, const struct oops_log *log,
			   const struct oops_report *report);

/*
 * Adds evidence and its weight; the confidence follows from the sum so far. @quote is the line that
 * the evidence is about, or NULL.
 */
void oops_add_evidence(struct oops_assessment *a, int weight, const struct oops_quote *quote,
		       const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static inline bool oops_is_race(const struct oops_assessment *a)
{
	return a->handle && a->confidence != OOPS_CONFIDENCE_NONE;
}

/* The innermost and the outermost frame of any of @places, or -1. */
int oops_first(const struct oops_assessment *a, unsigned int places);
int oops_last(const struct oops_assessment *a, unsigned int places);

/* NULL, and no place, beyond the ends of the stack. */
const struct oops_frame *oops_frame_at(const struct oops_assessment *a, int i);
unsigned int oops_places_at(const struct oops_assessment *a, int i);

/* All places of the frames further in than @end. */
unsigned int oops_places_below(const struct oops_assessment *a, int end);

/* The innermost frame of a bare trace at any of @places; NULL when there is none. */
const struct oops_frame *oops_trace_find(const struct oops_trace *trace, unsigned int places);

#endif
