// SPDX-License-Identifier: GPL-2.0-only
/* What one thread does with the device. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "load.h"

#define MAX_SIZE 4096
/* A program that does not notice a hang-up still has something else to do between two writes. */
#define DEAD_PAUSE_NS 10000000ULL
/* Between two tries to open a device that is not there. */
#define VISIT_PAUSE_NS 1000000ULL

/* False when the program is to end; at full speed that is looked up without waiting. */
bool pace(const struct worker *w)
{
	return pause_ns(w->stop_fd, w->opt->hz ? 1000000000ULL / w->opt->hz : 0);
}

static size_t message_size(const struct worker *w)
{
	return w->opt->size < MAX_SIZE ? w->opt->size : MAX_SIZE;
}

/* 0 when the program is to end, else the errno that says that the device is gone. */
static int write_until_gone(struct worker *w, int fd)
{
	char message[MAX_SIZE];
	ssize_t n;

	memset(message, 'x', sizeof(message));
	while (pace(w)) {
		call_begins(w->counters);
		n = write(fd, message, message_size(w));
		call_ends(w->counters, n);
		if (n >= 0 || !device_is_gone(errno))
			continue;
		if (!w->opt->keep)
			return errno;
		if (!pause_ns(w->stop_fd, DEAD_PAUSE_NS))
			break;
	}
	return 0;
}

void run_writer(struct worker *w)
{
	int fd = wait_for_device(w);

	if (fd < 0) {
		w->result = fd == -ECANCELED ? 0 : 1;
		return;
	}
	write_until_gone(w, fd);
	close(fd);
}

/* The descriptor is everybody's: whoever comes last closes the device. */
void run_sharer(struct worker *w)
{
	write_until_gone(w, w->shared_fd);
	close(w->shared_fd);
}

/* Close on EIO and open again at once: what programs built on pyserial do. */
void run_reopener(struct worker *w)
{
	int fd, gone = 1;

	while (gone) {
		fd = wait_for_device(w);
		if (fd < 0) {
			w->result = fd == -ECANCELED ? 0 : 1;
			return;
		}
		gone = write_until_gone(w, fd);
		close(fd);
	}
}

static bool readable(const struct worker *w, int fd)
{
	struct pollfd p[] = {
		{ .fd = w->stop_fd, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};

	return poll(p, 2, -1) > 0 && !p[0].revents;
}

void run_reader(struct worker *w)
{
	int fd = wait_for_device(w);
	char data[MAX_SIZE];
	ssize_t n = 1;

	if (fd < 0) {
		w->result = fd == -ECANCELED ? 0 : 1;
		return;
	}
	while (readable(w, fd)) {
		call_begins(w->counters);
		n = read(fd, data, sizeof(data));
		call_ends(w->counters, n);
		/* A hung-up tty reads as end of file. */
		if (n == 0 || (n < 0 && device_is_gone(errno))) {
			if (!w->opt->keep || !pause_ns(w->stop_fd, DEAD_PAUSE_NS))
				break;
		}
	}
	close(fd);
}

/* Opens, asks for what can be done, writes a message, closes: again and again, whatever fails. */
void run_visitor(struct worker *w)
{
	char message[MAX_SIZE];
	struct pollfd p;
	ssize_t n;

	memset(message, 'x', sizeof(message));
	while (pace(w)) {
		p = (struct pollfd){ .fd = open_device(w->opt->device),
				     .events = POLLIN | POLLOUT };
		if (p.fd < 0) {
			pause_ns(w->stop_fd, VISIT_PAUSE_NS);
			continue;
		}
		w->counters->opens++;
		poll(&p, 1, 0);
		call_begins(w->counters);
		n = write(p.fd, message, message_size(w));
		call_ends(w->counters, n);
		close(p.fd);
	}
}

/* As an event loop that is very busy: the registration stays, and it is looked at without a pause. */
void run_poller(struct worker *w)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT };
	struct pollfd p = { .fd = w->shared_fd, .events = POLLIN | POLLOUT };
	const int epoll = epoll_create1(EPOLL_CLOEXEC);
	int n;

	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, w->shared_fd, &event) < 0)
		w->result = 1;
	while (!w->result && pace(w)) {
		call_begins(w->counters);
		n = poll(&p, 1, 0);
		n = n < 0 ? n : epoll_wait(epoll, &event, 1, 0);
		call_ends(w->counters, n);
	}
	close(epoll);
	close(w->shared_fd);
}
