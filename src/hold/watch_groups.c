// SPDX-License-Identifier: GPL-2.0-only
/* Begins and ends the groups of fanotify and inotify, and stops listening to opens while too many wait. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "hold/watch.h"
#include "hold/watch_private.h"

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

static void poll_opens(struct watch *w, uint32_t events)
{
	const int fds[] = { w->reading.fd, w->writing.fd };

	for (size_t i = 0; i < 2; i++) {
		struct epoll_event event = { .events = events, .data.fd = fds[i] };

		epoll_ctl(w->epoll_fd, EPOLL_CTL_MOD, fds[i], &event);
	}
}

void watch_go_on(struct watch *w)
{
	if (!atomic_load(&w->paused) || !undecided_has_room(w->undecided))
		return;
	atomic_store(&w->paused, false);
	poll_opens(w, EPOLLIN);
}

void watch_pause(struct watch *w)
{
	atomic_store(&w->paused, true);
	poll_opens(w, 0);
	/* Room may have been made before anybody could see that this waits for it. */
	if (undecided_has_room(w->undecided))
		poll_opens(w, EPOLLIN);
}

static void answer(int fd, bool allow, void *arg)
{
	watch_answer(arg, fd, allow);
	watch_go_on(arg);
}

int watch_open(struct watch **out, char *reason, size_t len)
{
	struct watch *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return explain(ENOMEM, reason, len);
	pthread_mutex_init(&w->lock, NULL);
	w->epoll_fd = w->inotify_fd = w->writing.fd = -1;
	if (!opens_watch(&w->reading, O_RDONLY) || !opens_watch(&w->writing, O_WRONLY))
		goto fail;
	w->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (w->inotify_fd < 0 || w->epoll_fd < 0)
		goto fail;
	errno = -undecided_begin(&w->undecided, answer, w);
	if (errno || add_to_epoll(w->epoll_fd, undecided_fd(w->undecided)) < 0 ||
	    add_to_epoll(w->epoll_fd, w->reading.fd) < 0 ||
	    add_to_epoll(w->epoll_fd, w->writing.fd) < 0 ||
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
	/* A thread that is left behind uses the rest until the process ends. */
	if (!w || !undecided_end(w->undecided))
		return;
	for (size_t i = 0; i < TARGETS_MAX; i++)
		if (w->targets[i].used)
			close(w->targets[i].path_fd);
	if (w->reading.fd >= 0)
		close(w->reading.fd);
	if (w->writing.fd >= 0)
		close(w->writing.fd);
	if (w->inotify_fd >= 0)
		close(w->inotify_fd);
	if (w->epoll_fd >= 0)
		close(w->epoll_fd);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
