/* SPDX-License-Identifier: GPL-2.0-only */
/* Who has devices of a hold open at one moment, by what /proc shows. */
#ifndef RPMSG_GUARD_HOLD_PRESENT_H
#define RPMSG_GUARD_HOLD_PRESENT_H

#include "hold/hold.h"

/* The numbers of the devices, in the order of the hold; returns how many there are. */
size_t present_devices(const struct hold *h, dev_t *devs);

/*
 * One walk of /proc for all devices: there may be dozens of them, each with a program of its own. The result
 * is @h->met. For names, where the kernel's own count decides: it ends after a second, because any user
 * can have so many descriptors that a walk takes minutes.
 */
void present_look(struct hold *h);

/* The same where the look decides: it may take until the deadline of the hold. */
void present_look_closely(struct hold *h);

/*
 * The same of those alone that are in @h->met: a walk takes long where there are many processes. Who got a
 * descriptor since, from one of them mostly, is missed: whoever takes nobody for an answer looks everywhere
 * before, or asks the kernel.
 */
void present_look_again(struct hold *h);

/* The limit of a look for this hold, and the line of the log when it was ended there. */
struct holder_look present_limit(struct hold *h, uint64_t until_ms);
void present_tell_end(struct hold *h, const struct holder_look *look);

/* Whether somebody else has the device of number @i open, by @h->met; tells who. */
bool present_has(const struct hold *h, size_t i, char *who, size_t len);

/* What to call a program that must be there and that the last look did not find. */
const char *present_unnamed(const struct hold *h);

#endif
