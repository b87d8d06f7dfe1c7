// SPDX-License-Identifier: GPL-2.0-only
/* The attributes of /sys/class/remoteproc, read and written. */
#include "system/remoteproc.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "system/files.h"

#define CLASS_DIR "/sys/class/remoteproc"
#define NAME_PREFIX "remoteproc"

static const char *const state_names[] = {
	[REMOTEPROC_OFFLINE] = "offline",   [REMOTEPROC_SUSPENDED] = "suspended",
	[REMOTEPROC_RUNNING] = "running",   [REMOTEPROC_CRASHED] = "crashed",
	[REMOTEPROC_DELETED] = "deleted",   [REMOTEPROC_ATTACHED] = "attached",
	[REMOTEPROC_DETACHED] = "detached", [REMOTEPROC_UNKNOWN] = "unknown",
	[REMOTEPROC_GONE] = "gone",
};

void remoteproc_attr(const struct remoteproc *rp, const char *attr, char *path)
{
	if (snprintf(path, PATH_MAX, "%.*s/%s", PATH_MAX - 64, rp->sysfs, attr) >= PATH_MAX)
		path[0] = '\0';
}

static int parse_index(const char *name)
{
	char *end;
	long index;

	if (strncmp(name, NAME_PREFIX, strlen(NAME_PREFIX)) != 0)
		return -1;
	name += strlen(NAME_PREFIX);
	if (!isdigit((unsigned char)*name))
		return -1;
	index = strtol(name, &end, 10);
	return *end == '\0' && index <= INT_MAX ? (int)index : -1;
}

static bool load(const char *name, struct remoteproc *rp)
{
	char link[PATH_MAX];
	int index = parse_index(name);

	if (index < 0)
		return false;
	memset(rp, 0, sizeof(*rp));
	rp->index = index;
	snprintf(rp->name, sizeof(rp->name), NAME_PREFIX "%d", index);
	snprintf(link, sizeof(link), CLASS_DIR "/%s", rp->name);
	if (!realpath(link, rp->sysfs))
		return false;
	remoteproc_attr(rp, "name", link);
	if (file_read_line(link, rp->device_name, sizeof(rp->device_name)) < 0)
		rp->device_name[0] = '\0';
	return true;
}

static int by_index(const void *a, const void *b)
{
	return ((const struct remoteproc *)a)->index - ((const struct remoteproc *)b)->index;
}

size_t remoteproc_list(struct remoteproc *out, size_t max)
{
	DIR *dir = opendir(CLASS_DIR);
	struct dirent *entry;
	size_t n = 0;

	if (!dir)
		return 0;
	while (n < max && (entry = readdir(dir)))
		n += load(entry->d_name, &out[n]);
	closedir(dir);
	qsort(out, n, sizeof(*out), by_index);
	return n;
}

int remoteproc_find(const char *name, struct remoteproc *out)
{
	struct remoteproc *all = calloc(REMOTEPROC_MAX, sizeof(*all));
	int err = -ENOENT;
	size_t n;

	if (!all)
		return -ENOMEM;
	n = remoteproc_list(all, REMOTEPROC_MAX);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(all[i].name, name) == 0) {
			*out = all[i];
			err = 0;
			break;
		}
		if (strcmp(all[i].device_name, name) != 0)
			continue;
		*out = all[i];
		err = err == -ENOENT ? 0 : -ENOTUNIQ;
	}
	free(all);
	return err;
}

int remoteproc_open_state(const struct remoteproc *rp, bool write)
{
	char path[PATH_MAX];
	int fd;

	remoteproc_attr(rp, "state", path);
	fd = open(path, (write ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

enum remoteproc_state remoteproc_read_state(int fd)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n < 0)
		return errno == ENODEV ? REMOTEPROC_GONE : REMOTEPROC_UNKNOWN;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	for (int i = 0; i < REMOTEPROC_UNKNOWN; i++)
		if (strcmp(text, state_names[i]) == 0)
			return (enum remoteproc_state)i;
	return REMOTEPROC_UNKNOWN;
}

enum remoteproc_state remoteproc_state(const struct remoteproc *rp)
{
	int fd = remoteproc_open_state(rp, false);
	enum remoteproc_state state;

	if (fd < 0)
		return fd == -ENOENT || fd == -ENODEV ? REMOTEPROC_GONE : REMOTEPROC_UNKNOWN;
	state = remoteproc_read_state(fd);
	close(fd);
	return state;
}

const char *remoteproc_state_name(enum remoteproc_state state)
{
	return state_names[state];
}

bool remoteproc_is_up(enum remoteproc_state state)
{
	/* An unknown state may be a new name for "running": it counts as up. */
	return state == REMOTEPROC_RUNNING || state == REMOTEPROC_ATTACHED ||
	       state == REMOTEPROC_CRASHED || state == REMOTEPROC_SUSPENDED ||
	       state == REMOTEPROC_UNKNOWN;
}

int remoteproc_command(const struct remoteproc *rp, const char *command)
{
	char path[PATH_MAX];

	remoteproc_attr(rp, "state", path);
	return file_set(path, command);
}

bool remoteproc_owns(const struct remoteproc *rp, const char *path)
{
	size_t n = strlen(rp->sysfs);

	return strncmp(path, rp->sysfs, n) == 0 && path[n] == '/';
}
