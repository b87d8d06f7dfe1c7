// SPDX-License-Identifier: GPL-2.0-only
/*
 * Episodes on disk, for the writer's thread. Each write may be the last before a panic, so each is
 * synced, and one that fails is taken back to leave whole lines.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/log.h"
#include "system/files.h"
#include "timeline/names.h"
#include "timeline/store_private.h"

static void file_path(const struct store *s, const char *id, char *path)
{
	snprintf(path, PATH_MAX, "%s/%s" EPISODE_SUFFIX, s->dir, id);
}

static void complain(struct store *s, const char *id, int err)
{
	if (!s->warned)
		log_warning("episodes cannot be written: %s/%s" EPISODE_SUFFIX ": %s; stops are "
			    "still guarded (this message comes once)",
			    s->dir, id, strerror(-err));
	s->warned = true;
}

static int make_folders(const char *path)
{
	char part[PATH_MAX];

	snprintf(part, sizeof(part), "%s", path);
	for (char *p = part + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return -errno;
		*p = '/';
	}
	return mkdir(part, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

/* The entry has to survive a panic as well as what is in the file. */
static void sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static void remove_surplus(struct store *s)
{
	char id[EPISODE_ID_MAX], path[PATH_MAX];
	bool any;

	for (;;) {
		pthread_mutex_lock(&s->lock);
		any = store_dir_take_surplus(&s->known, s->settings.max, s->settings.size, id);
		pthread_mutex_unlock(&s->lock);
		if (!any)
			return;
		file_path(s, id, path);
		if (unlink(path) < 0 && errno != ENOENT)
			complain(s, id, -errno);
	}
}

/* Not for everybody to read: it has addresses of the kernel. */
static int open_file(struct store_file *f)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
	char path[PATH_MAX];
	int err;

	remove_surplus(f->store);
	err = make_folders(f->store->dir);
	if (err)
		return err;
	file_path(f->store, f->id, path);
	f->fd = open(path, flags, 0600);
	if (f->fd < 0)
		return -errno;
	sync_folder(f->store->dir);
	return 0;
}

static void forget(struct store_file *f)
{
	pthread_mutex_lock(&f->store->lock);
	store_dir_remove(&f->store->known, f->id);
	pthread_mutex_unlock(&f->store->lock);
}

void store_file_write(struct store_file *f, const char *text, size_t len)
{
	int err = f->fd < 0 ? open_file(f) : 0;

	if (err)
		forget(f);
	if (!err)
		err = file_write_all(f->fd, text, len);
	if (!err && fdatasync(f->fd) < 0)
		err = -errno;
	if (!err) {
		f->written += len;
		return;
	}
	f->failed = true;
	complain(f->store, f->id, err);
	/* No half lines; nothing is lost by it if that fails, too. */
	if (f->fd >= 0 && ftruncate(f->fd, (off_t)f->written) < 0)
		log_debug("%s: the incomplete last line cannot be removed: %s", f->id,
			  strerror(errno));
}

void store_file_close(struct store_file *f)
{
	struct store *s = f->store;
	struct store_entry *entry;

	if (f->fd >= 0)
		close(f->fd);
	if (!f->failed) {
		s->warned = false;
		log_debug("episode %s: %llu bytes, on disk %.3f ms after its result", f->id,
			  (unsigned long long)f->written, (double)(clock_ns() - f->ended_ns) / 1e6);
	}
	pthread_mutex_lock(&s->lock);
	entry = store_dir_find(&s->known, f->id);
	if (entry)
		entry->writing = false;
	pthread_mutex_unlock(&s->lock);
	remove_surplus(s);
	free(f);
}
