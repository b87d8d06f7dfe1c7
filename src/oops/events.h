/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a log tells of a boot beside its reports: when it began, what became of the remote
 * processors, which drivers use rpmsg. Such a line can be there after the report that it explains,
 * so a report is told of it whether it is open or not.
 */
#ifndef RPMSG_GUARD_OOPS_EVENTS_H
#define RPMSG_GUARD_OOPS_EVENTS_H

#include "oops/report.h"

struct oops_boot {
	unsigned int number;
	unsigned long line; /* the last of the lines that a boot begins with */
	char kernel[96];    /* its version, from the first lines */
	struct oops_events seen;
};

/* True when another boot begins with @line. */
bool oops_note_boot(struct oops_boot *boot, const struct oops_line *line);

/* @messages is the number of kernel messages so far. */
void oops_note_event(struct oops_boot *boot, const struct oops_line *line, struct oops_log *log,
		     unsigned long messages);

void oops_note_driver(struct oops_log *log, const struct oops_line *line);

#endif
