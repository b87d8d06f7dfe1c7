/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tells the timeline of a hold which program has a device open that must be closed before the stop, and
 * when that program has closed it.
 */
#ifndef RPMSG_GUARD_HOLD_KEEPERS_H
#define RPMSG_GUARD_HOLD_KEEPERS_H

#include "hold/hold.h"

/* What has changed since the last call, by @h->met. */
void keepers_tell(struct hold *h);

/* Every device is closed: the kernel's count says so, or nothing in /proc has it. */
void keepers_have_closed(struct hold *h);

#endif
