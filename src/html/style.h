/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The style sheet of the HTML reports: light and dark, screen, phone and paper.
 */
#ifndef RPMSG_GUARD_HTML_STYLE_H
#define RPMSG_GUARD_HTML_STYLE_H

extern const char html_style[];

/* What a page begins with, up to its title: nothing is ever loaded, from anywhere. */
extern const char html_head[];

#endif
