/* SPDX-License-Identifier: GPL-2.0-only */
/* Who has devices of a hold open at one moment, by what /proc shows. */
#ifndef RPMSG_GUARD_HOLD_PRESENT_H
#define RPMSG_GUARD_HOLD_PRESENT_H

#include "hold/hold.h"
#include "system/holders.h"

#define HOLDERS_MAX 64

struct present {
	struct holder holders[HOLDERS_MAX];
	size_t n;
};

/* The numbers of the devices, in the order of the hold; returns how many there are. */
size_t present_devices(const struct hold *h, dev_t *devs);

/* One walk of /proc for all devices: there may be dozens of them, each with a program of its own. */
void present_look(const struct hold *h, struct present *p);

/* Whether somebody else has the device of number @i open; tells who. */
bool present_has(const struct present *p, size_t i, char *who, size_t len);

#endif
