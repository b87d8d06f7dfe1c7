/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The style sheet of the HTML report: light and dark, screen, phone and paper.
 */
#ifndef RPMSG_GUARD_TIMELINE_HTML_STYLE_H
#define RPMSG_GUARD_TIMELINE_HTML_STYLE_H

extern const char html_style[];

#endif
