/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * HELPER_SYSFS_ROOT: opens a mount point of another mount namespace in which /proc/<pid>/mountinfo
 * shows a sysfs. The way there leads through mounts of others.
 */
#ifndef RPMSG_GUARD_HELPER_SYSFS_ROOT_H
#define RPMSG_GUARD_HELPER_SYSFS_ROOT_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

struct sysfs_root_request {
	uint64_t fs; /* device number of the sysfs; what is found there may be another mount */
	int32_t pid; /* a process of that namespace */
	char mount_point[PATH_MAX];
};

/*
 * Answers with one byte, and with it an O_PATH descriptor of the root of that very sysfs; without one
 * when something else lies there.
 */
void sysfs_root_open(int fd, const void *request, size_t len);

#endif
