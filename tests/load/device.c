// SPDX-License-Identifier: GPL-2.0-only
/* Opening a tty or an rpmsg character device. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "load.h"

#define RETRY_NS 1000000ULL

static int make_raw(int fd)
{
	struct termios t;

	/* rpmsg_char answers ioctls that it does not know with EINVAL. */
	if (tcgetattr(fd, &t))
		return errno == ENOTTY || errno == EINVAL ? 0 : -errno;
	cfmakeraw(&t);
	return tcsetattr(fd, TCSANOW, &t) ? -errno : 0;
}

int open_device(const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = make_raw(fd);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

/* The devices come and go with the channel: an open that fails now may work in a moment. */
int wait_for_device(struct worker *w)
{
	uint64_t deadline = now_ns() + w->opt->wait * 1000000000ULL;
	int fd;

	for (;;) {
		fd = open_device(w->opt->device);
		if (fd >= 0) {
			w->counters->opens++;
			return fd;
		}
		if (now_ns() >= deadline) {
			fprintf(stderr, "rpmsg-load: %s: %s\n", w->opt->device, strerror(-fd));
			return fd;
		}
		if (!pause_ns(w->stop_fd, RETRY_NS))
			return -ECANCELED;
	}
}

/* EIO is a hung-up tty, EPIPE an rpmsg endpoint whose channel went. */
bool device_is_gone(int err)
{
	return err == EIO || err == EPIPE || err == ENODEV || err == ENXIO;
}
