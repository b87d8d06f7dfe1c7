/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the thread of a remote processor does about a crash: the ordinary hold, with nobody to let go at
 * its end, and then the recovery. sysfs announces no crash. The kernel side does; without it the state
 * is looked at again and again.
 */
#ifndef RPMSG_GUARD_RPROC_CRASH_H
#define RPMSG_GUARD_RPROC_CRASH_H

#include "rproc/rproc.h"

/*
 * Whether there is a crash to be recovered from, by us; when nobody was let go. A crash that is left
 * alone, or a report that comes to nothing, is dealt with here.
 */
bool crash_wants_recovery(struct rproc *r, enum remoteproc_state state);

/* Holds, recovers and accounts for it. */
void crash_recover(struct rproc *r);

#endif
