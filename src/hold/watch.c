// SPDX-License-Identifier: GPL-2.0-only
#include "hold/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hold/opener.h"
#include "system/holders.h"

/* One marked file. */
struct target {
	bool used;
	int index;
	int inotify_wd;
	dev_t fs;
	ino_t inode;
	char path[PATH_MAX];
};

struct watch {
	int epoll_fd;
	int fanotify_fd;
	int inotify_fd; /* closes: unlike fanotify it does not open the file to tell of it */
	struct target targets[REMOTEPROC_MAX];
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

int watch_open(struct watch **out, char *reason, size_t len)
{
	struct watch *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return explain(ENOMEM, reason, len);
	w->epoll_fd = w->inotify_fd = -1;
	/*
	 * FAN_REPORT_TID (4.20, commit d0a6a87e40da) names the thread whose system call has to be
	 * read. An unlimited queue cannot overflow: a lost permission event would be a stop that
	 * nobody held.
	 */
	w->fanotify_fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK |
					       FAN_REPORT_TID | FAN_UNLIMITED_QUEUE,
				       O_RDONLY | O_CLOEXEC | O_LARGEFILE | O_NONBLOCK);
	if (w->fanotify_fd < 0)
		goto fail;
	w->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (w->inotify_fd < 0 || w->epoll_fd < 0 || add_to_epoll(w->epoll_fd, w->fanotify_fd) < 0 ||
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
	if (w->fanotify_fd >= 0)
		close(w->fanotify_fd);
	if (w->inotify_fd >= 0)
		close(w->inotify_fd);
	if (w->epoll_fd >= 0)
		close(w->epoll_fd);
	free(w);
}

static struct target *find_target(struct watch *w, const char *path)
{
	struct target *free_slot = NULL;

	for (size_t i = 0; i < REMOTEPROC_MAX; i++) {
		if (w->targets[i].used && strcmp(w->targets[i].path, path) == 0)
			return &w->targets[i];
		if (!w->targets[i].used && !free_slot)
			free_slot = &w->targets[i];
	}
	return free_slot;
}

static void forget(struct watch *w, struct target *t)
{
	/* Both fail when the file has gone, and the mark with it: that is what is wanted. */
	fanotify_mark(w->fanotify_fd, FAN_MARK_REMOVE, FAN_OPEN_PERM, AT_FDCWD, t->path);
	if (t->inotify_wd >= 0)
		inotify_rm_watch(w->inotify_fd, t->inotify_wd);
	memset(t, 0, sizeof(*t));
}

static int add_target(struct watch *w, int index, const char *path)
{
	struct target *t = find_target(w, path);
	struct stat st;

	if (!t)
		return -ENOSPC;
	if (stat(path, &st) < 0)
		return -errno;
	if (t->used && t->fs == st.st_dev && t->inode == st.st_ino)
		return 0;
	if (t->used)
		forget(w, t); /* the same name, but another file: the device came back */
	if (fanotify_mark(w->fanotify_fd, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, path) < 0)
		return -errno;
	t->used = true;
	t->index = index;
	t->fs = st.st_dev;
	t->inode = st.st_ino;
	snprintf(t->path, sizeof(t->path), "%s", path);
	t->inotify_wd = inotify_add_watch(w->inotify_fd, path, IN_CLOSE_WRITE);
	return 0;
}

int watch_add(struct watch *w, const struct remoteproc *rp)
{
	char path[PATH_MAX];

	remoteproc_attr(rp, "state", path);
	return add_target(w, rp->index, path);
}

void watch_remove(struct watch *w, int index)
{
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (w->targets[i].used && w->targets[i].index == index)
			forget(w, &w->targets[i]);
}

int watch_fd(const struct watch *w)
{
	return w->epoll_fd;
}

static const struct target *target_of(const struct watch *w, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return NULL;
	for (size_t i = 0; i < REMOTEPROC_MAX; i++) {
		const struct target *t = &w->targets[i];

		if (t->used && t->fs == st.st_dev && t->inode == st.st_ino)
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
	bool there = write(w->fanotify_fd, &response, sizeof(response)) == sizeof(response);

	close(answer);
	return there;
}

static void dispatch_open(struct watch *w, const struct fanotify_event_metadata *m, watch_fn fn,
			  void *arg)
{
	const struct target *t;
	struct watch_event event;

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
	event = (struct watch_event){
		.kind = WATCH_OPEN,
		.index = t->index,
		.tid = m->pid,
		.answer = m->fd,
	};
	fn(&event, arg);
}

static void dispatch_opens(struct watch *w, watch_fn fn, void *arg)
{
	_Alignas(struct fanotify_event_metadata) char buf[4096];
	const struct fanotify_event_metadata *m;
	ssize_t n = read(w->fanotify_fd, buf, sizeof(buf));

	if (n <= 0)
		return;
	for (m = (void *)buf; FAN_EVENT_OK(m, n); m = FAN_EVENT_NEXT(m, n))
		dispatch_open(w, m, fn, arg);
}

static void dispatch_close(struct watch *w, int wd, watch_fn fn, void *arg)
{
	for (size_t i = 0; i < REMOTEPROC_MAX; i++) {
		const struct watch_event event = { .kind = WATCH_CLOSED,
						   .index = w->targets[i].index };

		if (w->targets[i].used && w->targets[i].inotify_wd == wd)
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
		if (event->mask & IN_CLOSE_WRITE)
			dispatch_close(w, event->wd, fn, arg);
	}
}

void watch_dispatch(struct watch *w, watch_fn fn, void *arg)
{
	dispatch_opens(w, fn, arg);
	dispatch_closes(w, fn, arg);
}

bool watch_held_open(const struct watch *w, int index, int tid)
{
	for (size_t i = 0; i < REMOTEPROC_MAX; i++) {
		const struct target *t = &w->targets[i];

		if (!t->used || t->index != index)
			continue;
		if (thread_holds_inode(tid, t->fs, t->inode))
			return true;
	}
	return false;
}
