// SPDX-License-Identifier: GPL-2.0-only
/* Which files carry a mark: they come and go with remote processors, drivers and mounts. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hold/watch_private.h"
#include "log/log.h"
#include "system/files.h"

static struct target *find_target(struct watch *w, const char *path)
{
	struct target *free_slot = NULL;

	for (size_t i = 0; i < TARGETS_MAX; i++) {
		if (w->targets[i].used && strcmp(w->targets[i].path, path) == 0)
			return &w->targets[i];
		if (!w->targets[i].used && !free_slot)
			free_slot = &w->targets[i];
	}
	return free_slot;
}

static int group_of(const struct watch *w, enum watch_file file)
{
	return file == WATCH_UNBIND ? w->writing.fd : w->reading.fd;
}

static void forget_twin(struct watch *w, struct twin *t)
{
	inotify_rm_watch(w->inotify_fd, t->inotify_wd);
	t->used = false;
}

static int mark(struct watch *w, const struct target *t, unsigned int flags)
{
	char path[FD_PATH_MAX];

	file_fd_path(t->path_fd, path, sizeof(path));
	return fanotify_mark(group_of(w, t->file), flags, FAN_OPEN_PERM, AT_FDCWD, path);
}

static void forget(struct watch *w, struct target *t)
{
	for (size_t i = 0; i < TWINS_MAX; i++)
		if (w->twins[i].used && &w->targets[w->twins[i].target] == t)
			forget_twin(w, &w->twins[i]);
	/* Also when the file has gone: a mark keeps its inode, and one has 8192 of them. */
	mark(w, t, FAN_MARK_REMOVE);
	if (t->inotify_wd >= 0)
		inotify_rm_watch(w->inotify_fd, t->inotify_wd);
	close(t->path_fd);
	memset(t, 0, sizeof(*t));
}

/* A write tells "disabled" from an open that came to nothing, see recovery_closed(). */
static uint32_t close_events(enum watch_file file)
{
	return IN_CLOSE_WRITE | (file == WATCH_RECOVERY ? IN_MODIFY : 0);
}

static bool is_marked(const struct target *t, const char *path)
{
	struct stat st;

	return t->used && stat(path, &st) == 0 && t->fs == st.st_dev && t->inode == st.st_ino;
}

/* The file of @t->path_fd. */
static int mark_target(struct watch *w, struct target *t)
{
	char path[FD_PATH_MAX];
	struct stat st;

	if (fstat(t->path_fd, &st) < 0 || mark(w, t, FAN_MARK_ADD) < 0)
		return -errno;
	t->used = true;
	t->fs = st.st_dev;
	t->inode = st.st_ino;
	file_fd_path(t->path_fd, path, sizeof(path));
	t->inotify_wd = inotify_add_watch(w->inotify_fd, path, close_events(t->file));
	return 0;
}

static int mark_path(struct watch *w, enum watch_file file, int index, const char *path)
{
	struct target *t = find_target(w, path);
	int path_fd, err;

	if (!t)
		return -ENOSPC;
	if (is_marked(t, path))
		return 0;
	/* Without an event, and so without a wait for an answer of our own. */
	path_fd = open(path, O_PATH | O_CLOEXEC);
	if (path_fd < 0)
		return -errno;
	if (t->used)
		forget(w, t); /* the same name, but another file: the device came back */
	t->file = file;
	t->index = index;
	t->path_fd = path_fd;
	snprintf(t->path, sizeof(t->path), "%s", path);
	err = mark_target(w, t);
	if (err)
		close(path_fd);
	return err;
}

static int add_target(struct watch *w, enum watch_file file, int index, const char *path)
{
	int err;

	pthread_mutex_lock(&w->lock);
	err = mark_path(w, file, index, path);
	pthread_mutex_unlock(&w->lock);
	return err;
}

int watch_add(struct watch *w, const struct remoteproc *rp)
{
	char path[PATH_MAX];
	int err;

	remoteproc_attr(rp, "state", path);
	err = add_target(w, WATCH_STATE, rp->index, path);
	if (err)
		return err;
	/* Kernels before 5.8 have none; a stop is held without it. */
	remoteproc_attr(rp, "recovery", path);
	err = add_target(w, WATCH_RECOVERY, rp->index, path);
	if (err && err != -ENOENT)
		return err;
	/* The same in debugfs, where that is mounted: rproc_recovery_write() in remoteproc_debugfs.c. */
	snprintf(path, sizeof(path), DEBUGFS "remoteproc/%s/recovery", rp->name);
	err = add_target(w, WATCH_RECOVERY, rp->index, path);
	return err == -ENOENT ? 0 : err;
}

void watch_remove(struct watch *w, int index)
{
	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < TARGETS_MAX; i++)
		if (w->targets[i].used && w->targets[i].file != WATCH_UNBIND &&
		    w->targets[i].index == index)
			forget(w, &w->targets[i]);
	pthread_mutex_unlock(&w->lock);
}

bool target_is_in_debugfs(const struct target *t)
{
	return strncmp(t->path, DEBUGFS, strlen(DEBUGFS)) == 0;
}

static struct twin *find_twin(struct watch *w, dev_t fs, int target)
{
	struct twin *free_slot = NULL;

	for (size_t i = 0; i < TWINS_MAX; i++) {
		if (w->twins[i].used && w->twins[i].fs == fs && w->twins[i].target == target)
			return &w->twins[i];
		if (!w->twins[i].used && !free_slot)
			free_slot = &w->twins[i];
	}
	return free_slot;
}

static int mark_twin(struct watch *w, const struct target *t, int fd, dev_t fs)
{
	const int target = (int)(t - w->targets);
	struct twin *twin = find_twin(w, fs, target);
	char path[FD_PATH_MAX];

	if (!twin)
		return -ENOSPC;
	if (twin->used)
		return 0;
	file_fd_path(fd, path, sizeof(path));
	if (fanotify_mark(group_of(w, t->file), FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, path) < 0)
		return -errno;
	*twin = (struct twin){ true, target, -1, fs };
	twin->inotify_wd = inotify_add_watch(w->inotify_fd, path, close_events(t->file));
	log_info("%s is guarded in the sysfs of another network namespace, too", t->path);
	return 0;
}

static void add_twin(struct watch *w, const struct target *t, int root, dev_t fs)
{
	const int fd = openat(root, t->path + 5, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	const int err = fd < 0 ? -errno : mark_twin(w, t, fd, fs);

	if (err)
		log_warning("%s is NOT guarded in the sysfs of another network namespace: %s",
			    t->path, strerror(-err));
	if (fd >= 0)
		close(fd);
}

void watch_add_sysfs(struct watch *w, int root, dev_t fs)
{
	for (size_t i = 0; i < TARGETS_MAX; i++) {
		const struct target *t = &w->targets[i];

		pthread_mutex_lock(&w->lock);
		if (t->used && strncmp(t->path, "/sys/", 5) == 0 && !target_is_in_debugfs(t))
			add_twin(w, t, root, fs);
		pthread_mutex_unlock(&w->lock);
	}
}

static bool is_among(const char *path, const char *const paths[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(path, paths[i]) == 0)
			return true;
	return false;
}

void watch_unbinds(struct watch *w, const char *const paths[], size_t n)
{
	int err;

	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < TARGETS_MAX; i++)
		if (w->targets[i].used && w->targets[i].file == WATCH_UNBIND &&
		    !is_among(w->targets[i].path, paths, n))
			forget(w, &w->targets[i]);
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < n; i++) {
		err = add_target(w, WATCH_UNBIND, -1, paths[i]);
		/* The driver may just have been unloaded. */
		if (err && err != -ENOENT)
			log_debug("an unbind through %s is NOT held: %s", paths[i], strerror(-err));
	}
}
