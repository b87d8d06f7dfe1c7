// SPDX-License-Identifier: GPL-2.0-only
/* Programs that sleep until a device says that something can be done: by an epoll, and by poll(). */
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "load.h"

/* What the event allows, without waiting. False at the end of the device, which is counted as an EIO. */
static bool serve(struct worker *w, int fd, unsigned int events)
{
	char message[512] = "watch";
	long n = 0;

	if (events & EPOLLERR) {
		w->counters->eio++;
		return false;
	}
	call_begins(w->counters);
	if (events & EPOLLIN)
		n = read(fd, message, sizeof(message));
	else if (events & EPOLLOUT)
		n = write(fd, message, w->opt->size);
	call_ends(w->counters, n);
	return true;
}

static bool watch(int epoll, int fd, unsigned int events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* The registration is there until the device is closed. */
static void watch_until_gone(struct worker *w, int epoll, int fd)
{
	struct epoll_event event;

	for (;;) {
		if (epoll_wait(epoll, &event, 1, -1) != 1)
			continue;
		if (event.data.fd != fd || !serve(w, fd, event.events) || !pace(w))
			return;
	}
}

void run_watcher(struct worker *w)
{
	const int fd = wait_for_device(w), epoll = epoll_create1(EPOLL_CLOEXEC);

	w->result = 1;
	if (fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && watch(epoll, w->stop_fd, EPOLLIN) &&
	    watch(epoll, fd, EPOLLIN | EPOLLOUT)) {
		w->result = 0;
		watch_until_gone(w, epoll, fd);
		while (w->opt->keep && pace(w))
			;
	}
	if (fd >= 0)
		close(fd);
	close(epoll);
}

void run_awaiter(struct worker *w)
{
	struct pollfd p[] = {
		{ .fd = wait_for_device(w), .events = POLLIN },
		{ .fd = w->stop_fd, .events = POLLIN },
	};

	if (p[0].fd < 0 || fcntl(p[0].fd, F_SETFL, O_NONBLOCK) < 0) {
		w->result = 1;
		return;
	}
	while (poll(p, 2, -1) > 0 && !p[1].revents)
		if (!serve(w, p[0].fd, (unsigned int)p[0].revents))
			break;
	close(p[0].fd);
}
