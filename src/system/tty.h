/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ttys that rpmsg drivers made for the channels of a remote processor.
 */
#ifndef RPMSG_GUARD_SYSTEM_TTY_H
#define RPMSG_GUARD_SYSTEM_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "system/remoteproc.h"

/* Of one remote processor. A set of them is a bit mask of 64 bits (holders.h). */
#define RPMSG_TTY_MAX 63

struct rpmsg_tty {
	char name[64]; /* of the tty device in sysfs */
	char node[80]; /* where devtmpfs has it, "/dev/<name>" */
	dev_t dev;
	/*
	 * The driver counts references to its port, so that descriptors which stay open across the
	 * stop are harmless (the kernel's own rpmsg_tty, since 5.16).
	 */
	bool counted;
	/* No channel number says whose tty it is: it counts for every remote processor. */
	bool ambiguous;
};

/*
 * Finds the ttys of @rp. @extra lists further device paths that the configuration assigns to it,
 * separated by white space, or is NULL. Returns how many were written to @out, at most @max: ask for
 * RPMSG_TTY_MAX + 1 to learn that there are too many. @unsure is set when a tty is just being
 * registered, of which nothing can be said yet, and else left alone.
 */
size_t rpmsg_tty_list(const struct remoteproc *rp, const char *extra, struct rpmsg_tty *out,
		      size_t max, bool *unsure);

/*
 * A number that changes when any tty of this machine comes or goes, or takes the place of another tty
 * of the same name; 0 when it cannot be told. Much cheaper than a list.
 */
uint64_t rpmsg_tty_generation(void);

#endif
