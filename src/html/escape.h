/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text between the tags of a page, or in an attribute with quotes.
 */
#ifndef RPMSG_GUARD_HTML_ESCAPE_H
#define RPMSG_GUARD_HTML_ESCAPE_H

#include <stdio.h>

void html_escape(FILE *out, const char *text);

#endif
