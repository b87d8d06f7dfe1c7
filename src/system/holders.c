// SPDX-License-Identifier: GPL-2.0-only
#include "system/holders.h"
#include "system/task.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

typedef bool (*match_fn)(const struct statx *st, const void *arg);

/*
 * The link text is read first: a stat() of every socket and pipe on the system would cost several
 * times as much, and only paths can be devices or sysfs files.
 */
static bool is_path(int dirfd, const char *name)
{
	char first;

	return readlinkat(dirfd, name, &first, 1) == 1 && first == '/';
}

/* Cached attributes do: a file on a dead NFS server must not keep anybody waiting. */
static bool look(int dirfd, const char *name, struct statx *st)
{
	return statx(dirfd, name, AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO, st) == 0;
}

static bool process_matches(pid_t pid, match_fn match, const void *arg)
{
	struct dirent *entry;
	bool found = false;
	struct statx st;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir)))
		found = isdigit((unsigned char)entry->d_name[0]) &&
			is_path(dirfd(dir), entry->d_name) &&
			look(dirfd(dir), entry->d_name, &st) && match(&st, arg);
	closedir(dir);
	return found;
}

static bool is_device(const struct statx *st, const void *arg)
{
	return S_ISCHR(st->stx_mode) &&
	       makedev(st->stx_rdev_major, st->stx_rdev_minor) == *(const dev_t *)arg;
}

bool process_holds_device(pid_t pid, dev_t dev)
{
	return process_matches(pid, is_device, &dev);
}

struct inode_id {
	dev_t fs;
	ino_t inode;
};

static bool is_inode(const struct statx *st, const void *arg)
{
	const struct inode_id *id = arg;

	return makedev(st->stx_dev_major, st->stx_dev_minor) == id->fs && st->stx_ino == id->inode;
}

bool process_holds_inode(pid_t pid, dev_t fs, ino_t inode)
{
	const struct inode_id id = { fs, inode };

	return process_matches(pid, is_inode, &id);
}

size_t device_holders(dev_t dev, struct holder *out, size_t max)
{
	DIR *dir = opendir("/proc");
	const pid_t self = getpid();
	struct dirent *entry;
	size_t n = 0;
	pid_t pid;

	if (!dir)
		return 0;
	while (n < max && (entry = readdir(dir))) {
		pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (pid <= 0 || pid == self || !process_holds_device(pid, dev))
			continue;
		out[n].pid = pid;
		task_comm(pid, out[n].comm);
		n++;
	}
	closedir(dir);
	return n;
}

void holders_format(const struct holder *holders, size_t n, char *buf, size_t len)
{
	size_t used = 0;
	char one[48];

	buf[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		snprintf(one, sizeof(one), "%s%s[%d]", i ? ", " : "", holders[i].comm,
			 holders[i].pid);
		if (used + strlen(one) + sizeof(" and 999 more") >= len) {
			snprintf(buf + used, len - used, " and %zu more", n - i);
			return;
		}
		strcpy(buf + used, one);
		used += strlen(one);
	}
}
