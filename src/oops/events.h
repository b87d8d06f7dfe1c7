/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages that tell of remote processors going up and down, and of drivers on rpmsg channels.
 */
#ifndef RPMSG_GUARD_OOPS_EVENTS_H
#define RPMSG_GUARD_OOPS_EVENTS_H

#include "oops/report.h"

/* Sets kind, line, time and quote of @event; kind is OOPS_EVENT_NONE for any other line. */
void oops_find_event(const struct oops_line *line, struct oops_event *event);

/*
 * The driver whose message about an rpmsg channel's device @text is, as in
 * "imx_rpmsg_tty virtio0.rpmsg-virtual-tty-channel-1.-1.30: ...", or whose channel it announces.
 */
bool oops_find_driver(const char *text, char driver[OOPS_NAME_MAX], bool *bound);

#endif
