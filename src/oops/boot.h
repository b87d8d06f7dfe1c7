/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a log tells of a boot beside its reports: when it began, what became of the remote
 * processors, which drivers use rpmsg. Such a line can be there after the report that it explains,
 * so a report is told of it whether it is open or not. For the parser only.
 */
#ifndef RPMSG_GUARD_OOPS_BOOT_H
#define RPMSG_GUARD_OOPS_BOOT_H

#include "oops/parse.h"

/* Each looks at the current line; most lines are nothing to them. */
void oops_note_boot(struct oops_parser *parser);
void oops_note_event(struct oops_parser *parser);
void oops_note_driver(struct oops_parser *parser);

#endif
