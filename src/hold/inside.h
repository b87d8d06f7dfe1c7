/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Senders inside a send, by the records of the kernel side: waited for, and those who sleep made to
 * leave (see eject.h). Without the kernel side nothing is known of them, and both are done at once.
 */
#ifndef RPMSG_GUARD_HOLD_INSIDE_H
#define RPMSG_GUARD_HOLD_INSIDE_H

#include <stdbool.h>

#include "hold/steps.h"

/* Who cannot be ejected is waited for in the steps that follow. */
enum waited inside_eject(struct hold *h);

/* Until nobody is inside, by the deadline of the hold. */
enum waited inside_drain(struct hold *h);

/* Whether a thread that ejects for a hold that has ended still uses the kernel side. */
bool inside_ejection_runs(void);

#endif
