/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What web pages, log collectors and programs that print strings make of characters: "&lt;" and tags
 * of HTML, "^[[0m" and "#033[0m" for a terminal's escape, "\n" for a newline.
 */
#ifndef RPMSG_GUARD_OOPS_MARKUP_H
#define RPMSG_GUARD_OOPS_MARKUP_H

/* Undoes it in place. The result can have newlines in it, and no other control bytes. */
void oops_markup_undo(char *text);

#endif
