/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a slot does about a crash: the ordinary hold, with nobody to let go at its end, and then the
 * recovery. sysfs announces no crash. The kernel side does; without it the state is looked at on
 * every tick.
 */
#ifndef RPMSG_GUARD_SERVICE_CRASH_H
#define RPMSG_GUARD_SERVICE_CRASH_H

#include <stdbool.h>

#include "service/slot.h"

bool crash_is_now(const struct slot *s);

/* The kernel side has seen a report, and closed the gate. It is not a crash yet. */
void crash_reported(struct slot *s);

/* Begins the recovery of an idle slot that has crashed. */
void crash_look(struct slot *s);

/* The thread of such a hold has ended. */
void crash_recovered(struct slot *s);

#endif
