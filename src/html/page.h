/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every HTML report is made with: the head of its page, its style sheet (light and dark;
 * screen, phone and paper) and the escaping of its text.
 */
#ifndef RPMSG_GUARD_HTML_PAGE_H
#define RPMSG_GUARD_HTML_PAGE_H

#include <stdio.h>

/* What a page begins with, up to its title: nothing is ever loaded, from anywhere. */
extern const char html_head[];

extern const char html_style[];

/* Text between the tags of a page, or in an attribute with quotes. */
void html_escape(FILE *out, const char *text);

/* The same, between what is written as it is. */
void html_text(FILE *out, const char *before, const char *text, const char *after);

/* One line of a list of facts. */
void html_fact(FILE *out, const char *name, const char *value);

#endif
