/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The drawing of an episode, as an SVG element within a page of HTML: the phases by name above the axis, a
 * lane for the remote processor, one for the caller, one for each program that had a device open, and one
 * for each sender. It is as wide as its place, on a phone, a desktop or paper: places along the axis are
 * in percent, heights and text in pixels. Colours come from the style sheet of the page; without it the
 * drawing has outlines.
 */
#ifndef RPMSG_GUARD_TIMELINE_SVG_H
#define RPMSG_GUARD_TIMELINE_SVG_H

#include <stdio.h>

#include "timeline/phases.h"

enum svg_view {
	SVG_OVERVIEW, /* all of the record, to scale */
	SVG_DETAIL,   /* from the request to the end, stretched where much happens */
};

/* What a shape stands for. Each differs from all others in form or pattern, not in colour alone. */
enum svg_kind {
	SVG_KEPT_ON, /* a program had a device open and never closed it */
	SVG_HELD,
	SVG_KEPT, /* a program had a device open, and closed it */
	SVG_GATE,
	SVG_TORN,
	SVG_SENT,
	SVG_UNKNOWN,
	SVG_REFUSED,
	SVG_EJECTED,
	SVG_UNSAFE,
	SVG_KINDS,
};

/* What the caption has to say of it. */
struct svg_drawn {
	size_t sends, bars;   /* so many sends became so many bars */
	size_t lanes, merged; /* senders with a lane of their own; those that share the last one */
	size_t keepers_left;  /* programs with a device open for which there was no lane */
	bool marks;	      /* there are numbers */
	unsigned int kinds;   /* a bit for each enum svg_kind that occurs */
};

/* The number in the mark of an event is its place among the small events, from 1. */
struct svg_drawn svg_draw(FILE *out, const struct recording *r, const struct findings *f,
			  const struct phases *phases, enum svg_view view);

/* A sample of a shape, for the legend. */
void svg_key(FILE *out, enum svg_kind kind);

#endif
