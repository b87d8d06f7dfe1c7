/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines of "watch" for people.
 */
#ifndef RPMSG_GUARD_COMMANDS_WATCH_TEXT_H
#define RPMSG_GUARD_COMMANDS_WATCH_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "timeline/lines.h"

void watch_print_event(FILE *out, const struct line_event *e, bool colour);
void watch_print_send(FILE *out, const struct line_send *s, bool colour);
void watch_print_lost(FILE *out, enum timeline_loss what, uint64_t count, bool colour);

#endif
