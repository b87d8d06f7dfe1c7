/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Latecomers in the life of a slot: callers that were turned back at rproc_shutdown() because nobody
 * could hold their open. They start a hold like an opener, or join one; afterwards restarters make
 * their call again, and for deferred ones the stop is made here.
 */
#ifndef RPMSG_GUARD_SERVICE_LATE_H
#define RPMSG_GUARD_SERVICE_LATE_H

#include <stdbool.h>

#include "service/slot.h"

/* One waits. Offered again and again until it goes on; known ones and bad moments are no matter. */
void late_offer(struct slot *s, const struct parked *p);

/* The slot is idle: those that are left begin a hold of their own. */
void late_admit(struct slot *s);

/* The hold is through. Callers that make the stop by themselves go first, the others wait for it. */
void late_release(struct slot *s);

void late_stopper_done(struct slot *s);
void late_drop_dead(struct slot *s);

/* Whether the slot has to be looked at often for their sake. */
bool late_is_busy(const struct slot *s);

/* Whether the stop may still be carried out by one of them, or is being. */
bool late_may_stop(const struct slot *s);

/*
 * Whoever comes to rproc_shutdown() from here on is turned back once more. False when somebody came
 * in before that: then nothing has changed. Without the kernel side a write that begins at this very
 * moment slips through.
 */
bool late_withdraw_release(struct slot *s);

#endif
