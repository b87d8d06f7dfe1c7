/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The devices that rpmsg drivers made for the channels of a remote processor: ttys (tty.h), and
 * character devices of other kinds.
 */
#ifndef RPMSG_GUARD_SYSTEM_CHARDEV_H
#define RPMSG_GUARD_SYSTEM_CHARDEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "system/remoteproc.h"
#include "system/tty.h"

/*
 * Endpoint devices: those that only must not be opened during a stop, /dev/rpmsgN. A program or firmware makes any
 * number of them, so there is no limit. All zero is an empty list; the caller frees @list.
 */
struct endpoint_devices {
	struct rpmsg_tty *list;
	size_t n, room;
	bool incomplete; /* memory was short */
};

/*
 * As rpmsg_tty_list(), with the other character devices behind the ttys: those of drivers that free
 * what an open file refers to together with the channel. Endpoint devices are added to @endpoints, if that is not
 * NULL. @extra may list such devices, too. @generation is what rpmsg_device_generation() says of what was listed:
 * a device that comes meanwhile changes it.
 */
size_t rpmsg_device_list(const struct remoteproc *rp, const char *extra, struct rpmsg_tty *out,
			 size_t max, struct endpoint_devices *endpoints, uint64_t *generation);

/*
 * A number that changes when any character device of this machine comes or goes, or takes the place
 * of another device of the same name; 0 when it cannot be told. Much cheaper than a list.
 */
uint64_t rpmsg_device_generation(void);

/* Whether sysfs still has a character device of this name with this number. */
bool chardev_exists(const char *name, dev_t dev);

/* Where devtmpfs has the node of @dev. Returns false when there is no such device. */
bool chardev_node(dev_t dev, char *node, size_t len);

bool chardev_is_tty(dev_t dev);

/* Whether who polls it is on a queue inside what a stop frees (struct rpmsg_tty). */
bool chardev_is_polled_on_bus(dev_t dev);

/*
 * The character devices of @module that are none of the @n @ours, ttys included: a descriptor of one
 * counts as a reference, too. Returns how many were written, at most @max.
 */
size_t chardev_others(const char *module, const dev_t *ours, size_t n, dev_t *out, size_t max);

#endif
