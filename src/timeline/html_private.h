/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files that make the page of an episode share: html.c puts the page together. */
#ifndef RPMSG_GUARD_TIMELINE_HTML_PRIVATE_H
#define RPMSG_GUARD_TIMELINE_HTML_PRIVATE_H

#include <stdio.h>

#include "timeline/phases.h"

#define HTML_MICRO "\xc2\xb5"

struct page {
	FILE *out;
	const struct recording *r;
	const struct findings *f;
	struct phases phases;
};

/* For what is fixed or a number: nothing in it is escaped. */
void page_put(const struct page *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* html_verdict.c: what happened, and, where it went wrong, what to do next. */
void page_verdict(const struct page *p);
/* The same where nothing went wrong, and something can be done all the same. */
void page_advice(const struct page *p);

/* html_drawing.c */
void page_drawing(const struct page *p);
void page_overview(const struct page *p);

/* html_tables.c */
void page_timeline(const struct page *p);
void page_keepers(const struct page *p);
void page_senders(const struct page *p);

#endif
