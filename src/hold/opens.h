/* SPDX-License-Identifier: GPL-2.0-only */
/* A fanotify group that is asked before files are opened, and its answers. */
#ifndef RPMSG_GUARD_HOLD_OPENS_H
#define RPMSG_GUARD_HOLD_OPENS_H

#include <stdbool.h>

struct opens {
	int fd;
	bool says_busy; /* the kernel takes an errno with a "no" */
};

/*
 * The kernel opens a file once more, with @access, to hand it over with the event; where that fails it
 * answers "deny" by itself. "unbind" may only be written (seen on 5.10: EPERM for everybody who opens it),
 * and "state" only be read where the driver says so, so one group cannot do for both. False with errno.
 */
bool opens_watch(struct opens *group, int access);

/* Returns false when this group has not asked about @answer, or does not wait for it any more. */
bool opens_answer(const struct opens *group, int answer, bool allow);

#endif
