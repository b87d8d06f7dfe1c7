// SPDX-License-Identifier: GPL-2.0-only
#include "system/records.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/files.h"
#include "system/run_dir.h"

static void folder_path(const char *kind, char *path)
{
	snprintf(path, PATH_MAX, RUN_DIR "/%s", kind);
}

static void record_path(const char *kind, const char *name, char *path)
{
	snprintf(path, PATH_MAX, RUN_DIR "/%s/%s", kind, name);
}

int record_write(const char *kind, const char *name, const char *text)
{
	char path[PATH_MAX];

	folder_path(kind, path);
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

	folder_path(kind, path);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			n += fn(entry->d_name);
	closedir(dir);
	return n;
}
