/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From times to places in a drawing, and the times that are written below it. A send takes microseconds
 * and a hold may take seconds, so there are two: one to scale, and one that gives every moment of
 * interest some room. Places are in percent of the width, whatever that is on a screen or on paper.
 */
#ifndef RPMSG_GUARD_TIMELINE_AXIS_H
#define RPMSG_GUARD_TIMELINE_AXIS_H

#include "timeline/findings.h"

#define AXIS_STOPS_MAX 48
#define AXIS_TICKS_MAX 16

/* The margins have room for half a mark. */
#define AXIS_LEFT 3.0
#define AXIS_RIGHT 97.0

/* A pixel of the narrowest drawing, that on a phone, in percent: what must not overlap anywhere. */
#define AXIS_PIXEL (100.0 / 320)

/* Straight between two stops. */
struct axis {
	size_t n;
	uint64_t t_ns[AXIS_STOPS_MAX];
	double x[AXIS_STOPS_MAX];
};

/* All of the record. */
void axis_to_scale(struct axis *a, const struct numbers *n);

/* From the request to the end: the @max most telling events are stops. */
void axis_of_events(struct axis *a, const struct recording *r, const struct numbers *n, size_t max);

/* Collects stops in any order; false when there is no room for more. */
bool axis_add_stop(struct axis *a, uint64_t t_ns);

/*
 * Places the collected stops between @left and @right: each step at least @least wide if that is
 * possible, the rest in proportion to a root of how long they last.
 */
void axis_stretch(struct axis *a, double least, double left, double right);

/* Times outside are at the ends. */
double axis_x(const struct axis *a, uint64_t t_ns);
bool axis_covers(const struct axis *a, uint64_t t_ns);

/* Round times on an axis to scale, or events, the most telling first, as far as there is room. */
size_t axis_round_ticks(const struct axis *a, const struct numbers *n,
			uint64_t ticks[AXIS_TICKS_MAX]);
size_t axis_event_ticks(const struct axis *a, const struct recording *r,
			uint64_t ticks[AXIS_TICKS_MAX]);

/* "start", "middle" or "end": which point of its label is at @x, so that it is all in the drawing. */
const char *axis_anchor(double x);

#endif
