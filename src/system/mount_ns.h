/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mount namespaces of a system, by the processes in them.
 */
#ifndef RPMSG_GUARD_SYSTEM_MOUNT_NS_H
#define RPMSG_GUARD_SYSTEM_MOUNT_NS_H

/* @pid: a process in it, as a name in /proc. */
typedef void (*mount_ns_fn)(const char *pid, void *arg);

/*
 * Calls @fn once for each mount namespace that a process of our user namespace is in, our own among
 * them. Processes of other user namespaces have no power over what is not theirs: they may not write
 * to the files of sysfs, and TIOCEXCL stops them. @fn may block where a path leads through a root
 * of a container, which may lie on anything.
 */
void mount_ns_for_each(mount_ns_fn fn, void *arg);

#endif
