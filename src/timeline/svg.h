/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The drawing of an episode, as an SVG element within a page of HTML: a lane for the remote
 * processor, where the guard and who stops it act, and one for each sender. It is as wide as its
 * place, on a phone, a desktop or paper: places along the axis are in percent, heights and text in
 * pixels. Colours come from the style sheet of the page.
 */
#ifndef RPMSG_GUARD_TIMELINE_SVG_H
#define RPMSG_GUARD_TIMELINE_SVG_H

#include <stdio.h>

#include "timeline/findings.h"

enum svg_view {
	SVG_OVERVIEW, /* all of the record, to scale */
	SVG_DETAIL,   /* from the request to the end, stretched where much happens */
};

/* What the caption has to say of it. */
struct svg_drawn {
	size_t sends, bars;   /* so many sends became so many bars */
	size_t lanes, merged; /* senders with a lane of their own; those that share the last one */
};

/* The number in the mark of an event is its place in the recording, from 1. */
struct svg_drawn svg_draw(FILE *out, const struct recording *r, const struct findings *f,
			  enum svg_view view);

#endif
