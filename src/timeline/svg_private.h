/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What svg_bars.c, which draws rectangles and the bars of the senders, has for svg.c, which draws all
 * else.
 */
#ifndef RPMSG_GUARD_TIMELINE_SVG_PRIVATE_H
#define RPMSG_GUARD_TIMELINE_SVG_PRIVATE_H

#include "timeline/axis.h"
#include "timeline/svg.h"

#define SVG_MICRO "\xc2\xb5"
#define LANES_MAX 10
#define LANE_HEIGHT 33.0 /* with its label */
#define BAR_HEIGHT 12.0
#define SPAN_LEAST 0.5

/* Along the axis in percent, down in pixels. */
struct drawing {
	FILE *out;
	const struct recording *r;
	const struct findings *f;
	struct axis axis;
	double top, bottom; /* of the lanes */
	double first_lane;  /* y of the first sender's */
	size_t lanes;	    /* the last one may be shared */
	struct svg_drawn drawn;
};

struct rect {
	const char *class;
	double x, width, y, height;
	double opacity; /* 0: as 1 */
};

/* @title is shown when somebody points at it. */
void svg_rect(const struct drawing *d, const struct rect *rect, const char *title);

double svg_x(const struct drawing *d, uint64_t t_ns);
double svg_lane_middle(const struct drawing *d, size_t lane);

void svg_sends(struct drawing *d);

#endif
