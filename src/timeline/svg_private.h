/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files that make a drawing share: svg.c puts it together, svg_shapes.c draws one bar or band,
 * svg_bars.c the sends, svg_marks.c the names of phases and the numbers of small events.
 */
#ifndef RPMSG_GUARD_TIMELINE_SVG_PRIVATE_H
#define RPMSG_GUARD_TIMELINE_SVG_PRIVATE_H

#include "timeline/axis.h"
#include "timeline/labels.h"
#include "timeline/svg.h"

#define SVG_MICRO "\xc2\xb5"
#define LANES_MAX 10
#define LANE_HEIGHT 33.0 /* with its label */
#define ROW_HEIGHT 15.0	 /* of text */
#define BAR_HEIGHT 12.0
#define MARKS_MAX 40
#define MARK_RADIUS 8.0
#define SVG_TITLE_MAX 64

/* So that a text can be read without a style sheet. */
#define SVG_TEXT "<text fill=\"currentColor\" stroke=\"none\""

/* A small event that has its number in the drawing. */
struct mark {
	size_t event, number;
	double x;
	int lane; /* of a sender, -1: the remote processor's */
	int level;
};

struct marks {
	struct mark list[MARKS_MAX];
	size_t n;
	int levels; /* below the remote processor's lane */
};

/* Along the axis in percent, down in pixels. */
struct drawing {
	FILE *out;
	const struct recording *r;
	const struct findings *f;
	const struct phases *phases;
	enum svg_view view;
	struct axis axis;
	struct label labels[PHASES_MAX];
	struct marks marks;
	double top, bottom; /* of the lanes */
	double caller_lane; /* y of each, of the first where there are more */
	double keeper_lane;
	double first_lane; /* of the senders */
	size_t keepers;	   /* that have a lane */
	size_t lanes;	   /* of senders; the last one may be shared */
	struct svg_drawn drawn;
};

struct shape {
	enum svg_kind kind;
	double x, width;
	double y;	/* its middle */
	double opacity; /* 0: as 1 */
};

/* @title is shown when somebody points at it. */
void svg_shape(struct drawing *d, const struct shape *shape, const char *title);

/* The same from one time to another. */
void svg_span(struct drawing *d, enum svg_kind kind, uint64_t from_ns, uint64_t to_ns, double y,
	      const char *title);

void svg_line(const struct drawing *d, const char *class, double x, double y, double to_x,
	      double to_y);

/* Text that begins at the left, cut in its middle to fit into the narrowest drawing. */
void svg_label(const struct drawing *d, double y, const char *class, const char *text);

double svg_x(const struct drawing *d, uint64_t t_ns);
double svg_lane_middle(const struct drawing *d, size_t lane);
bool svg_lane_is_shared(const struct drawing *d, size_t lane);

/* Before the heights are known, and when they are. */
size_t svg_phases_place(struct drawing *d);
void svg_marks_place(struct drawing *d);
void svg_phases_draw(const struct drawing *d);
void svg_marks_draw(struct drawing *d);

void svg_sends(struct drawing *d);

#endif
