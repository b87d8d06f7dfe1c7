/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The channels that a remote processor announces some moments after its start.
 *
 * The kernel says "running" when the start returns, and the firmware announces its channels when it has
 * booted. A stop that comes in between finds nothing to quiesce, is let go, and meets the ttys that
 * have appeared since then with programs that were waiting for them: a panic at level userspace, the
 * vendors' error path at the others. Which ttys will come nobody can know, but firmware mostly
 * announces the same ones each time.
 */
#ifndef RPMSG_GUARD_HOLD_ANNOUNCED_H
#define RPMSG_GUARD_HOLD_ANNOUNCED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hold/steps.h"
#include "system/tty.h"

/* Of one remote processor, for as long as the service guards it. */
struct announced {
	bool up;
	uint64_t up_since_ms; /* when it was first seen up; 0: it was up already */
	bool known;	      /* what it had the last time */
	char names[RPMSG_TTY_MAX][64];
	size_t n;
};

/* To be called as often as can be, with whether it is up. */
void announced_look(struct announced *a, bool up);

/* @h has found every tty there is, and is not ended yet. */
void announced_remember(struct announced *a, const struct hold *h);

/*
 * Waits for the ttys of the last time, or until a freshly started remote processor has had time to
 * announce what it has. Done at once where the start is long past.
 */
enum waited announced_wait(struct hold *h);

/*
 * Waits for drivers that are being probed for a channel that was announced: see system/bound.h. Not for
 * one whose probe does not come to an end.
 */
enum waited probes_wait(struct hold *h);
bool probes_under_way(struct hold *h);

#endif
