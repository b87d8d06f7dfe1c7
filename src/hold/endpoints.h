/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The endpoint devices of a hold (/dev/rpmsgN). A program makes any number of them, so none is left out for want of
 * room, and none has a place among the ttys but those that programs must close.
 */
#ifndef RPMSG_GUARD_HOLD_ENDPOINTS_H
#define RPMSG_GUARD_HOLD_ENDPOINTS_H

#include "hold/hold.h"

/* NULL when it is not hidden yet. */
struct keepout *endpoints_find(struct hold *h, const struct rpmsg_tty *tty);

/* Room for one more, which counts when endpoints_add() is called. NULL for want of memory. */
struct keepout *endpoints_room(struct hold *h);
void endpoints_add(struct hold *h);

/*
 * Puts the device of number @i among the ttys, to be waited for; the last device takes its number. Returns false when
 * there is no room.
 */
bool endpoints_wait_for(struct hold *h, size_t i);

/* Puts all nodes back, but not those of containers. */
void endpoints_end(struct hold *h);

#endif
