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
 * As rpmsg_tty_list(), with the other character devices behind the ttys: those of drivers that free
 * what an open file refers to together with the channel, and at last those that only must not be opened
 * during a stop ("counted"; as far as there is room). @extra may list such devices, too.
 */
size_t rpmsg_device_list(const struct remoteproc *rp, const char *extra, struct rpmsg_tty *out,
			 size_t max, bool *unsure);

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

/*
 * How often the files of module @module are open, and other references to it that no dependent module
 * explains; -1 when that cannot be told (a driver that is built in, a kernel without module unloading).
 *
 * An open of a character device takes one reference for its cdev and one for its operations before
 * it calls the driver, and the last close gives them back when it has left both (chrdev_open() in
 * fs/char_dev.c, __fput() in fs/file_table.c). So 0 says that nobody has one open, also not by a
 * descriptor that no table of a process shows; but not of a driver that names no owner.
 */
int module_references(const char *module);

/*
 * The character devices of @module that are none of the @n @ours, ttys included: a descriptor of one
 * counts as a reference, too. Returns how many were written, at most @max.
 */
size_t module_other_devices(const char *module, const struct rpmsg_tty *ours, size_t n, dev_t *out,
			    size_t max);

#endif
