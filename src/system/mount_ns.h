/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mount namespaces of a system, by the processes in them.
 */
#ifndef RPMSG_GUARD_SYSTEM_MOUNT_NS_H
#define RPMSG_GUARD_SYSTEM_MOUNT_NS_H

#include <stddef.h>

/* @pid: a process in it, as a name in /proc. */
typedef void (*mount_ns_fn)(const char *pid, void *arg);

/*
 * Calls @fn once for each mount namespace that a process of our user namespace is in, our own among
 * them. Processes of other user namespaces have no power over what is not theirs: they may not write
 * to the files of sysfs, and have no device nodes. @fn must not follow a path through a root of a
 * container, which may lie on anything: that is for a helper (helper/helper.h).
 */
void mount_ns_for_each(mount_ns_fn fn, void *arg);

/*
 * Writes what is mounted on @mount_point as process @pid (a name in /proc) sees it, "0:5 /": the
 * device number and the root of the mount. Empty when that is no mount point there. Read from the list
 * of mounts, and so without a step into any of them.
 */
void mount_ns_mounted_on(const char *pid, const char *mount_point, char *what, size_t len);

#endif
