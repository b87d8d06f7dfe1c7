/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel side's half of an ejection: see bpf/eject.bpf.h, and hold/senders.c for the other half.
 */
#ifndef RPMSG_GUARD_GUARD_EJECTING_H
#define RPMSG_GUARD_GUARD_EJECTING_H

#include <stdbool.h>

#include "guard/guard.h"

/*
 * Whether a sender of remoteproc<index> that is woken up now can be handed a buffer. Waking one that
 * cannot is worse than nothing: with a signal pending it would run in circles.
 */
bool ejecting_possible(const struct guard *guard, int index);

/* Between the two, every sender of remoteproc<index> that wakes up leaves its send. */
void ejecting_begin(struct guard *guard, int index);
void ejecting_end(struct guard *guard, int index);

#endif
