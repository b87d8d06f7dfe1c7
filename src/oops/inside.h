/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where messages begin in the middle of a line: where printk's times tell, as consoles that lose the
 * newline and forums that join lines leave them, or where what reports of failures are made of tells.
 */
#ifndef RPMSG_GUARD_OOPS_INSIDE_H
#define RPMSG_GUARD_OOPS_INSIDE_H

#include <stdbool.h>

/* The place after the first character of @text where printk's time is; NULL when there is none. */
const char *oops_inside_stamp(const char *text);

/* Whether printk's time is anywhere in @text. */
bool oops_has_stamp(const char *text);

/* Whether a line of a report begins here: a heading, a register, ... */
bool oops_is_heading(const char *text);

/* Whether @text is several lines of a report in one; @before says that the line before was, too. */
bool oops_is_paragraph(const char *text, bool before);

/* In a paragraph, the place after the first character where the next line begins; or NULL. */
const char *oops_inside_paragraph(const char *text);

#endif
