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

/*
 * Of one remote processor, other character devices included that programs must close. A set is a mask of 64 bits
 * (holders.h).
 */
#define RPMSG_TTY_MAX 63

struct rpmsg_tty {
	char name[64]; /* of the tty device in sysfs */
	char node[80]; /* where devtmpfs has it, "/dev/<name>" */
	dev_t dev;
	/*
	 * No tty but a character device of another kind (chardev.h): it is kept out and waited for as a
	 * tty is, and cannot be hung up.
	 */
	bool chardev;
	char module[64]; /* of a chardev's driver, or "" */
	/*
	 * The driver is known to own its files: while one of them is open, and from the beginning of an open
	 * on, the module has a reference. So a module without any says that the chardev is closed.
	 */
	bool owns_files;
	/*
	 * The driver counts references to its port, so that descriptors which stay open across the
	 * stop are harmless (the kernel's own rpmsg_tty, since 5.16, and rpmsg_char).
	 */
	bool counted;
	/*
	 * Who polls it is on a queue inside what a stop frees (Linux 7.0 and later). For such a program the
	 * descriptor is not harmless, but for one that only has it open.
	 */
	bool polled_on_bus;
	/* The configuration assigns it to the remote processor. */
	bool listed;
	/* No channel number says whose tty it is: it counts for every remote processor. */
	bool ambiguous;
};

/*
 * Finds the ttys of @rp. @extra lists further device paths that the configuration assigns to it,
 * separated by white space, or is NULL. Returns how many were written to @out, at most @max: ask for
 * RPMSG_TTY_MAX + 1 to learn that there are too many. @generation is the one of TTY_CLASS
 * (folder_generation()), or 0 when a tty is just being registered, of which nothing can be said yet.
 */
size_t rpmsg_tty_list(const struct remoteproc *rp, const char *extra, struct rpmsg_tty *out,
		      size_t max, uint64_t *generation);

/*
 * An endpoint device (chardev.h): /dev/rpmsgN. A program makes any number of these, at any time. So none comes again
 * by itself, the steps of a hold are not done once more for it, and a stop is not refused for too many of them.
 */
static inline bool tty_is_endpoint(const struct rpmsg_tty *tty)
{
	return tty->chardev && tty->counted;
}

#define TTY_CLASS "/sys/class/tty"

enum claim { CLAIMED_BY_NONE, CLAIMED_BY_OTHER, CLAIMED_BY_THIS };

/* Which remote processor has a channel with the number that ends the name @device at either end. */
enum claim rpmsg_channel_claim(const struct remoteproc *rp, const char *device);

#endif
