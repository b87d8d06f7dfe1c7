// SPDX-License-Identifier: GPL-2.0-only
/* The root of a sysfs that somebody else has mounted. */
#include "helper/jobs.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "helper/helper.h"

/* Only a sysfs may be handed over: whoever gets the descriptor relies on it never to sleep. */
static bool is_that_sysfs(int root, uint64_t fs)
{
	struct statfs kind;
	struct stat st;

	return fstatfs(root, &kind) == 0 && kind.f_type == SYSFS_MAGIC && fstat(root, &st) == 0 &&
	       st.st_dev == fs;
}

void sysfs_root_open(int fd, const void *request, size_t len)
{
	const struct sysfs_root_request *r = request;
	char path[PATH_MAX + 32];
	int root;

	if (len != sizeof(*r) || strnlen(r->mount_point, PATH_MAX) == PATH_MAX)
		return;
	snprintf(path, sizeof(path), "/proc/%d/root%s", r->pid, r->mount_point);
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	helper_reply(fd, "", 1, root >= 0 && is_that_sysfs(root, r->fs) ? root : -1);
}
