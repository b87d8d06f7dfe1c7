/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What printk, consoles, dmesg, syslog, the journal and mail programs put in front of a kernel
 * message.
 */
#ifndef RPMSG_GUARD_OOPS_PREFIX_H
#define RPMSG_GUARD_OOPS_PREFIX_H

#include "oops/report.h"

/* Takes the prefixes off @text and fills @line, but for its number; line->text points into @text. */
void oops_prefix_strip(const char *text, struct oops_line *line);

/* Whether a number can be a time in seconds. No machine runs for three centuries. */
static inline bool oops_is_time(double seconds)
{
	return seconds >= 0 && seconds < 1e10;
}

#endif
