// SPDX-License-Identifier: GPL-2.0-only
/* Every question is asked of the open descriptor: behind a path there can be another file a moment later. */
#include "config/open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A link to it hides a drop-in. Everybody may write to it, and it stays empty. */
static bool is_dev_null(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

/* The bits of the group are also the most that an entry of an access control list may allow. */
static int check_rights(const char *path, const struct stat *st, char *err, size_t errlen)
{
	if (st->st_uid != 0 && st->st_uid != geteuid())
		snprintf(
			err, errlen,
			"%s belongs to user %u, who can change the settings; give it to root: chown "
			"root %s",
			path, st->st_uid, path);
	else if (st->st_mode & (S_IWGRP | S_IWOTH))
		snprintf(
			err, errlen,
			"%s can be written by users other than its owner (mode %04o), who can change "
			"the settings; remove that right: chmod go-w %s",
			path, st->st_mode & 07777, path);
	else
		return 0;
	return -EPERM;
}

static int check(const char *path, int fd, mode_t type, char *err, size_t errlen)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		return -errno;
	}
	if (type == S_IFREG && is_dev_null(&st))
		return 0;
	if ((st.st_mode & S_IFMT) == type)
		return check_rights(path, &st, err, errlen);
	snprintf(err, errlen, "%s is %s, not a file", path,
		 S_ISDIR(st.st_mode) ? "a folder" : "a pipe or a device");
	return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
}

/* Returns a descriptor. O_NONBLOCK: the open of a pipe would wait for a writer. */
static int open_checked(const char *path, mode_t type, char *err, size_t errlen)
{
	const int folder = type == S_IFDIR ? O_DIRECTORY : 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | folder), bad;

	if (fd < 0) {
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		return -1;
	}
	bad = check(path, fd, type, err, errlen);
	if (!bad)
		return fd;
	close(fd);
	errno = -bad;
	return -1;
}

FILE *config_open_file(const char *path, char *err, size_t errlen)
{
	const int fd = open_checked(path, S_IFREG, err, errlen);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (fd >= 0 && !file) {
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		close(fd);
	}
	return file;
}

DIR *config_open_folder(const char *path, char *err, size_t errlen)
{
	const int fd = open_checked(path, S_IFDIR, err, errlen);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && !dir) {
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		close(fd);
	}
	return dir;
}
