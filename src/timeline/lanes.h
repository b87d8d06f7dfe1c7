/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sends of one task that are under way at the same time, on lanes of their own: within a lane one has ended when
 * the next begins. A task makes one send at a time, but interrupts send on top of it, those of several CPUs
 * count as the one idle task, and a send without an end in the record lasts as long as the record.
 */
#ifndef RPMSG_GUARD_TIMELINE_LANES_H
#define RPMSG_GUARD_TIMELINE_LANES_H

#include "timeline/findings.h"

/* For each sender; more is an episode that nobody has recorded. */
#define LANES_MAX 16

/* For each send of @r its lane, or LANES_MAX when none is free. NULL without memory. To be freed. */
unsigned char *lanes_of(const struct recording *r, const struct findings *f);

#endif
