/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From times to places in a drawing. A send takes microseconds and a hold may take seconds, so there
 * are two: one to scale, and one that gives every moment of interest some room.
 */
#ifndef RPMSG_GUARD_TIMELINE_AXIS_H
#define RPMSG_GUARD_TIMELINE_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AXIS_STOPS_MAX 48

/* Straight between two stops. */
struct axis {
	size_t n;
	uint64_t t_ns[AXIS_STOPS_MAX];
	double x[AXIS_STOPS_MAX];
};

void axis_to_scale(struct axis *a, uint64_t from_ns, uint64_t to_ns, double left, double right);

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

#endif
