/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who could open one of the ttys of a hold: by the rights of every node of them that is known.
 */
#ifndef RPMSG_GUARD_HOLD_REACH_H
#define RPMSG_GUARD_HOLD_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "system/creds.h"

#define REACH_MAX 32

/* Nodes mostly have the same rights, so a few kinds are many nodes. All zero: nobody. */
struct reach {
	struct rights kinds[REACH_MAX];
	size_t n;
	bool everybody; /* more kinds than there is room for, or a node that nobody could look at */
};

void reach_add(struct reach *r, const struct rights *rights);

/* Whether thread @tid could open any of them. Also true when that cannot be said. */
bool reach_has(const struct reach *r, pid_t tid);

#endif
