/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines that an oops, a warning or a lockup report begins with.
 */
#ifndef RPMSG_GUARD_OOPS_HEADERS_H
#define RPMSG_GUARD_OOPS_HEADERS_H

#include "oops/report.h"

enum oops_header {
	OOPS_HEADER_NONE,
	OOPS_HEADER_BEGIN,   /* a report begins */
	OOPS_HEADER_GOES_ON, /* the exception's heading; begins a report when none is open */
	OOPS_HEADER_PANIC,   /* the end of one, or a report of its own */
};

/* Sets @kind unless it returns OOPS_HEADER_NONE. */
enum oops_header oops_find_header(const char *text, enum oops_kind *kind);

/* Fills in what the header line itself says: address, function, process. */
void oops_read_header(const char *text, struct oops_report *report);

#endif
