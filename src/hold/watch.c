// SPDX-License-Identifier: GPL-2.0-only
#include "hold/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hold/opener.h"
#include "log/log.h"
#include "system/files.h"
#include "system/holders.h"

/* "state" and "recovery" of each remote processor, and at most two drivers' "unbind". */
#define TARGETS_MAX (4 * REMOTEPROC_MAX)

/* One marked file. */
struct target {
	bool used;
	enum watch_file file;
	int index;
	bool written; /* since the last open, by anybody */
	int path_fd;  /* of the very file: the path may lead to another one by now */
	int inotify_wd;
	dev_t fs;
	ino_t inode;
	char path[PATH_MAX];
};

/*
 * The same file in another superblock of sysfs (see other_sysfs.h). The mark goes with the
 * superblock or with our descriptor.
 */
struct twin {
	bool used;
	int target; /* of which file, an index of targets[] */
	int inotify_wd;
	dev_t fs;
};

/* All files of four containers with a sysfs of their own when there are as many remote processors. */
#define TWINS_MAX (4 * TARGETS_MAX)

struct watch {
	int epoll_fd;
	int fanotify_fd;
	int unbind_fd;	/* a fanotify group of its own, see open_group() */
	int inotify_fd; /* closes: unlike fanotify it does not open the file to tell of it */
	struct target targets[TARGETS_MAX];
	struct twin twins[TWINS_MAX];
};

static int explain(int err, char *reason, size_t len)
{
	if (err == EPERM)
		snprintf(reason, len, "fanotify: CAP_SYS_ADMIN is missing; run as root");
	else if (err == ENOSYS || err == EINVAL)
		snprintf(reason, len,
			 "fanotify: permission events are missing; the kernel needs "
			 "CONFIG_FANOTIFY_ACCESS_PERMISSIONS");
	else
		snprintf(reason, len, "fanotify: %s", strerror(err));
	return -err;
}

static int add_to_epoll(int epoll_fd, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

/*
 * FAN_REPORT_TID (4.20, commit d0a6a87e40da) names the thread whose system call has to be read. An
 * unlimited queue cannot overflow: a lost permission event would be a stop that nobody held.
 *
 * The kernel opens the file once more, with @access, to hand it over with the event; where that
 * fails it answers "deny" by itself. "unbind" may only be written (seen on 5.10: EPERM for everybody
 * who opens it), and "state" only be read where the driver says so, so one group cannot do for both.
 */
static int open_group(int access)
{
	return fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK | FAN_REPORT_TID |
				     FAN_UNLIMITED_QUEUE,
			     (unsigned int)access | O_CLOEXEC | O_LARGEFILE | O_NONBLOCK);
}

int watch_open(struct watch **out, char *reason, size_t len)
{
	struct watch *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return explain(ENOMEM, reason, len);
	w->epoll_fd = w->inotify_fd = w->unbind_fd = -1;
	w->fanotify_fd = open_group(O_RDONLY);
	if (w->fanotify_fd < 0)
		goto fail;
	w->unbind_fd = open_group(O_WRONLY);
	if (w->unbind_fd < 0)
		goto fail;
	w->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (w->inotify_fd < 0 || w->epoll_fd < 0 || add_to_epoll(w->epoll_fd, w->fanotify_fd) < 0 ||
	    add_to_epoll(w->epoll_fd, w->unbind_fd) < 0 ||
	    add_to_epoll(w->epoll_fd, w->inotify_fd) < 0)
		goto fail;
	*out = w;
	return 0;

fail:
	err = errno;
	watch_close(w);
	return explain(err, reason, len);
}

void watch_close(struct watch *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < TARGETS_MAX; i++)
		if (w->targets[i].used)
			close(w->targets[i].path_fd);
	if (w->fanotify_fd >= 0)
		close(w->fanotify_fd);
	if (w->unbind_fd >= 0)
		close(w->unbind_fd);
	if (w->inotify_fd >= 0)
		close(w->inotify_fd);
	if (w->epoll_fd >= 0)
		close(w->epoll_fd);
	free(w);
}

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
	return file == WATCH_UNBIND ? w->unbind_fd : w->fanotify_fd;
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

static int add_target(struct watch *w, enum watch_file file, int index, const char *path)
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
	return err == -ENOENT ? 0 : err;
}

void watch_remove(struct watch *w, int index)
{
	for (size_t i = 0; i < TARGETS_MAX; i++)
		if (w->targets[i].used && w->targets[i].file != WATCH_UNBIND &&
		    w->targets[i].index == index)
			forget(w, &w->targets[i]);
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

void watch_add_sysfs(struct watch *w, int root, dev_t fs)
{
	int fd, err;

	for (size_t i = 0; i < TARGETS_MAX; i++) {
		const struct target *t = &w->targets[i];

		if (!t->used || strncmp(t->path, "/sys/", 5) != 0)
			continue;
		fd = openat(root, t->path + 5, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		err = fd < 0 ? -errno : mark_twin(w, t, fd, fs);
		if (err)
			log_warning("%s is NOT guarded in the sysfs of another network namespace: "
				    "%s",
				    t->path, strerror(-err));
		if (fd >= 0)
			close(fd);
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

	for (size_t i = 0; i < TARGETS_MAX; i++)
		if (w->targets[i].used && w->targets[i].file == WATCH_UNBIND &&
		    !is_among(w->targets[i].path, paths, n))
			forget(w, &w->targets[i]);
	for (size_t i = 0; i < n; i++) {
		err = add_target(w, WATCH_UNBIND, -1, paths[i]);
		/* The driver may just have been unloaded. */
		if (err && err != -ENOENT)
			log_debug("%s is NOT held: %s", paths[i], strerror(-err));
	}
}

int watch_fd(const struct watch *w)
{
	return w->epoll_fd;
}

/* All marked files are in sysfs, where a file has the same number in every superblock. */
static struct target *target_of(struct watch *w, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return NULL;
	for (size_t i = 0; i < TARGETS_MAX; i++) {
		struct target *t = &w->targets[i];

		if (t->used && t->inode == st.st_ino)
			return t;
	}
	return NULL;
}

bool watch_answer(struct watch *w, int answer, bool allow)
{
	struct fanotify_response response = {
		.fd = answer,
		.response = allow ? FAN_ALLOW : FAN_DENY,
	};
	/* The group that has not asked refuses the answer. */
	bool there = write(w->fanotify_fd, &response, sizeof(response)) == sizeof(response) ||
		     write(w->unbind_fd, &response, sizeof(response)) == sizeof(response);

	close(answer);
	return there;
}

static void dispatch_closes(struct watch *w, watch_fn fn, void *arg);

static struct watch_event event_of(const struct watch *w, const struct target *t)
{
	return (struct watch_event){
		.file = t->file,
		.target = (int)(t - w->targets),
		.path = t->path,
		.index = t->index,
	};
}

static void dispatch_open(struct watch *w, const struct fanotify_event_metadata *m, watch_fn fn,
			  void *arg)
{
	struct watch_event event;
	struct target *t;

	if (m->mask & FAN_Q_OVERFLOW) {
		event = (struct watch_event){ .kind = WATCH_OVERFLOW };
		fn(&event, arg);
		return;
	}
	if (m->fd < 0)
		return;
	t = target_of(w, m->fd);
	/* Readers (agents poll the state) and our own reads are let through at once. */
	if (!t || m->pid == getpid() || !opener_may_write(m->pid)) {
		watch_answer(w, m->fd, true);
		return;
	}
	if (t->file == WATCH_RECOVERY) {
		/* What was written until now, by us mostly, is not this opener's. */
		dispatch_closes(w, fn, arg);
		t->written = false;
	}
	event = event_of(w, t);
	event.kind = WATCH_OPEN;
	event.tid = m->pid;
	event.answer = m->fd;
	fn(&event, arg);
}

static void dispatch_opens(struct watch *w, int group, watch_fn fn, void *arg)
{
	_Alignas(struct fanotify_event_metadata) char buf[4096];
	const struct fanotify_event_metadata *m;
	ssize_t n = read(group, buf, sizeof(buf));

	if (n <= 0)
		return;
	for (m = (void *)buf; FAN_EVENT_OK(m, n); m = FAN_EVENT_NEXT(m, n))
		dispatch_open(w, m, fn, arg);
}

static struct target *target_of_wd(struct watch *w, int wd)
{
	for (size_t i = 0; i < TARGETS_MAX; i++)
		if (w->targets[i].used && w->targets[i].inotify_wd == wd)
			return &w->targets[i];
	for (size_t i = 0; i < TWINS_MAX; i++)
		if (w->twins[i].used && w->twins[i].inotify_wd == wd)
			return &w->targets[w->twins[i].target];
	return NULL;
}

static void dispatch_close(struct watch *w, const struct inotify_event *in, watch_fn fn, void *arg)
{
	struct target *t = target_of_wd(w, in->wd);
	struct watch_event event;

	if (!t)
		return;
	if (in->mask & IN_MODIFY)
		t->written = true;
	if (!(in->mask & IN_CLOSE_WRITE))
		return;
	event = event_of(w, t);
	event.kind = WATCH_CLOSED;
	event.written = t->written;
	t->written = false;
	fn(&event, arg);
}

/* IN_IGNORED: the watch has gone, with the file or because it was removed by forget_twin(). */
static void dispatch_gone(struct watch *w, int wd, watch_fn fn, void *arg)
{
	const struct watch_event event = { .kind = WATCH_SYSFS_GONE };

	for (size_t i = 0; i < TWINS_MAX; i++) {
		if (!w->twins[i].used || w->twins[i].inotify_wd != wd)
			continue;
		w->twins[i].used = false;
		fn(&event, arg);
	}
}

static void dispatch_closes(struct watch *w, watch_fn fn, void *arg)
{
	_Alignas(struct inotify_event) char buf[4096];
	const struct inotify_event *event;
	ssize_t n = read(w->inotify_fd, buf, sizeof(buf));

	for (char *p = buf; n > 0 && p < buf + n; p += sizeof(*event) + event->len) {
		event = (void *)p;
		dispatch_close(w, event, fn, arg);
		if (event->mask & IN_IGNORED)
			dispatch_gone(w, event->wd, fn, arg);
	}
}

void watch_dispatch(struct watch *w, watch_fn fn, void *arg)
{
	dispatch_opens(w, w->fanotify_fd, fn, arg);
	dispatch_opens(w, w->unbind_fd, fn, arg);
	dispatch_closes(w, fn, arg);
}

bool watch_held_open(const struct watch *w, int target, int tid)
{
	const struct target *t = &w->targets[target];

	if (!t->used)
		return false;
	if (thread_holds_inode(tid, t->fs, t->inode))
		return true;
	for (size_t i = 0; i < TWINS_MAX; i++) {
		const struct twin *twin = &w->twins[i];

		if (twin->used && twin->target == target &&
		    thread_holds_inode(tid, twin->fs, t->inode))
			return true;
	}
	return false;
}
