// SPDX-License-Identifier: GPL-2.0-only
/* What one thread does with the device. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

#define MAX_SIZE 4096
/* A program that does not notice a hang-up still has something else to do between two writes. */
#define DEAD_PAUSE_NS 10000000UL

/* False when the program is to end; at full speed that is looked up without waiting. */
static bool pace(const struct worker *w)
{
	return pause_ns(w->stop_fd, w->opt->hz ? 1000000000UL / w->opt->hz : 0);
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
