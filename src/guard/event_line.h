/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From what the kernel side says to the lines of a timeline.
 */
#ifndef RPMSG_GUARD_GUARD_EVENT_LINE_H
#define RPMSG_GUARD_GUARD_EVENT_LINE_H

#include "guard/flight.h"
#include "rpmsg-guard/event.h"
#include "timeline/lines.h"

/* Has the texts that its line points to, so it must stay where it is. */
struct event_line {
	struct line_event line;
	char rproc[24], comm[17], channel[41], text[192];
};

void event_line(const struct rg_event *event, struct event_line *out);

/* @out points into @send. */
void flight_line(const struct flight_send *send, struct line_send *out);

#endif
