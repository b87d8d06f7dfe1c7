/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The renderers. None needs anything but the recording and what was found in it.
 */
#ifndef RPMSG_GUARD_TIMELINE_RENDER_H
#define RPMSG_GUARD_TIMELINE_RENDER_H

#include <stdio.h>

#include "timeline/findings.h"

/* One screen. @color: ANSI escapes. @narrow: the details of an event are cut, so that it takes one line. */
void render_text(FILE *out, const struct recording *r, const struct findings *f, bool color,
		 bool narrow);

void render_json(FILE *out, const struct recording *r, const struct findings *f);
void render_html(FILE *out, const struct recording *r, const struct findings *f);

/* Returns 0 or -ENOMEM. */
int render_perfetto(FILE *out, const struct recording *r, const struct findings *f);

#endif
