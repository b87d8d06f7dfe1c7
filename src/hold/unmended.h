/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Remembers ttys that were hung up and not mended: the stop was refused, or the service died, while
 * a process still had its hung-up descriptor open. When that is closed later nobody sees it, and the
 * port of a driver without .hangup is left out of order (see hangup.c). The next hold mends it.
 */
#ifndef RPMSG_GUARD_HOLD_UNMENDED_H
#define RPMSG_GUARD_HOLD_UNMENDED_H

#include <stdbool.h>

void unmended_note(const char *tty_name);
bool unmended_is(const char *tty_name);
void unmended_forget(const char *tty_name);

#endif
