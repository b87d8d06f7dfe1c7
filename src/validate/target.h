/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a sender writes to: a tty or an rpmsg character device, or "/dev/rpmsg_ctrlN:ADDRESS", an
 * endpoint to that address of the remote processor that is made anew each time, because a stop takes
 * it away.
 */
#ifndef RPMSG_GUARD_VALIDATE_TARGET_H
#define RPMSG_GUARD_VALIDATE_TARGET_H

#include <stdbool.h>

/* Whether @target can be one at all; it need not be there yet. */
bool target_is_valid(const char *target);

/* A descriptor, a tty in raw mode, or a negative errno. */
int target_open(const char *target);

#endif
