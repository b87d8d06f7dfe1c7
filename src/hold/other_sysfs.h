/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state files of other network namespaces. Each has a sysfs of its own, with inodes of its own
 * (kernfs_test_super() in fs/kernfs/mount.c), so a mark on the host's file does not see what a
 * privileged container or "ip netns exec" does with theirs. This finds the sysfs that other mount
 * namespaces have mounted, every 5 s and when the host's mounts change, and has the files in it watched as well.
 *
 * What it cannot see: a sysfs that is mounted and used before the next look, and one that no process
 * of the initial user namespace has in its mount namespace. Those of other user namespaces may not
 * write to the state file.
 */
#ifndef RPMSG_GUARD_HOLD_OTHER_SYSFS_H
#define RPMSG_GUARD_HOLD_OTHER_SYSFS_H

#include "hold/watch.h"

struct other_sysfs;

/*
 * Begins to look, and has what is there already watched before it returns (unless that takes longer
 * than two seconds). NULL when there is no memory or thread for it.
 */
struct other_sysfs *other_sysfs_begin(struct watch *watch);

/* A remote processor is new, or a sysfs has gone (see WATCH_SYSFS_GONE): everything is looked at again. */
void other_sysfs_renew(struct other_sysfs *o);

/* False when the thread waits for a dead file system: then it may use the watch until the process ends. */
bool other_sysfs_end(struct other_sysfs *o);

#endif
