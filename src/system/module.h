/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What sysfs tells of a module of the kernel, and who may remove it.
 */
#ifndef RPMSG_GUARD_SYSTEM_MODULE_H
#define RPMSG_GUARD_SYSTEM_MODULE_H

#include <stdbool.h>
#include <sys/types.h>

/* MODULE_NAME_LEN of the kernel, on 64 bits. */
#define MODULE_NAME_MAX 56

enum module_use {
	MODULE_ABSENT, /* not loaded, or built in */
	MODULE_IDLE,   /* the kernel would remove it */
	MODULE_IN_USE, /* it would not */
};

/* @forced: by a call that asks the kernel to remove also what is in use. */
enum module_use module_use(const char *name, bool forced);

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
 * Whether thread @tid has the right to remove modules: CAP_SYS_MODULE, in our own user namespace.
 * Also true of a thread that does not show its credentials.
 */
bool module_removal_allowed(pid_t tid);

enum removal_right {
	REMOVAL_RIGHT_NONE,
	REMOVAL_RIGHT_SHOWN,
	REMOVAL_RIGHT_UNKNOWN, /* not yet stopped, or no longer in the call */
};

/*
 * The same of a thread that is about to be stopped in the call that removes a module, at that call: what it shows
 * counts only while it is stopped there, because it can execute a setuid program after the call.
 */
enum removal_right module_removal_right(pid_t tid);

/* Whether thread @tid was stopped in the call that removes a module. Only for a thread with that right. */
bool module_removal_stopped(pid_t tid);

#endif
