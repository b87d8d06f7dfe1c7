// SPDX-License-Identifier: GPL-2.0-only
#include "system/mount_ns.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct seen {
	ino_t *inodes;
	size_t n, room;
};

/* Without memory for it a namespace is visited once for each process, which is merely slow. */
static bool is_new(struct seen *seen, ino_t inode)
{
	ino_t *more;

	for (size_t i = 0; i < seen->n; i++)
		if (seen->inodes[i] == inode)
			return false;
	if (seen->n == seen->room) {
		more = realloc(seen->inodes, (seen->room + 64) * sizeof(*more));
		if (!more)
			return true;
		seen->inodes = more;
		seen->room += 64;
	}
	seen->inodes[seen->n++] = inode;
	return true;
}

/* 0 for a process that has gone, and on a kernel without such namespaces. */
static ino_t namespace_of(const char *pid, const char *kind)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%.16s/ns/%s", pid, kind);
	return stat(path, &st) == 0 ? st.st_ino : 0;
}

void mount_ns_for_each(mount_ns_fn fn, void *arg)
{
	const ino_t user = namespace_of("self", "user");
	DIR *dir = opendir("/proc");
	struct seen seen = { 0 };
	struct dirent *entry;
	ino_t inode;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		inode = namespace_of(entry->d_name, "mnt");
		if (inode && namespace_of(entry->d_name, "user") == user && is_new(&seen, inode))
			fn(entry->d_name, arg);
	}
	closedir(dir);
	free(seen.inodes);
}
