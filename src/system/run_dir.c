// SPDX-License-Identifier: GPL-2.0-only
/* The folder in /run: its lock, and the records in it. */
#include "system/run_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/log.h"
#include "system/files.h"

static int write_pid(int fd)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d\n", getpid());

	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n)
		return -errno;
	return 0;
}

/*
 * The next instance believes what lies there, so no other user may have made the folder or may write
 * to it. The mode does not depend on the umask of the process that starts the service.
 */
static int make_run_dir(void)
{
	struct stat st;

	if (mkdir(RUN_DIR, 0755) == 0)
		return chmod(RUN_DIR, 0755) < 0 ? -errno : 0;
	if (errno != EEXIST || lstat(RUN_DIR, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 022) ? 0 : -EPERM;
}

static int take_lock(int *pid)
{
	char text[16];
	int fd, err;

	*pid = 0;
	err = make_run_dir();
	if (err)
		return err;
	fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	err = flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : write_pid(fd);
	if (!err)
		return fd;
	close(fd);
	if (err == -EWOULDBLOCK) {
		err = -EBUSY;
		if (file_read_line(LOCK_FILE, text, sizeof(text)) > 0)
			*pid = atoi(text);
	}
	return err;
}

int run_dir_lock(int *pid)
{
	int lock = take_lock(pid);

	if (lock == -EPERM && geteuid() == 0)
		log_error(RUN_DIR
			  " can be written by users other than root, so the guard cannot trust "
			  "it; remove it");
	else if (lock < 0 && lock != -EBUSY && geteuid() != 0)
		log_error("not root; run as root (%s: %s)", LOCK_FILE, strerror(-lock));
	else if (lock < 0 && lock != -EBUSY)
		log_error("%s: %s", LOCK_FILE, strerror(-lock));
	return lock;
}

/* ---- records ---- */

/* With @name "" the folder of all records of that kind. */
static void record_path(const char *kind, const char *name, char *path)
{
	snprintf(path, PATH_MAX, RUN_DIR "/%s/%s", kind, name);
}

int record_write(const char *kind, const char *name, const char *text)
{
	char path[PATH_MAX];

	record_path(kind, "", path);
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return -errno;
	record_path(kind, name, path);
	return file_replace(path, text);
}

int record_read(const char *kind, const char *name, char *buf, size_t len)
{
	char path[PATH_MAX];

	record_path(kind, name, path);
	return file_read_line(path, buf, len);
}

void record_remove(const char *kind, const char *name)
{
	char path[PATH_MAX];

	record_path(kind, name, path);
	unlink(path);
}

size_t records_count(const char *kind, bool (*fn)(const char *name))
{
	char path[PATH_MAX];
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	record_path(kind, "", path);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			n += fn(entry->d_name);
	closedir(dir);
	return n;
}
