// SPDX-License-Identifier: GPL-2.0-only
/* What programs do with a descriptor of a device that goes or has gone: everything, as if it were there. */
#include <errno.h>
#include <fcntl.h>
#include <linux/rpmsg.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "load.h"

#define PAUSE_NS 50000000ULL
#define FLOW_PAUSE_NS 100000ULL

#ifndef RPMSG_SET_INCOMING_FLOWCONTROL /* 6.6 */
#define RPMSG_SET_INCOMING_FLOWCONTROL _IOR(0xb5, 0x6, int)
#endif

static void use(int fd, const struct options *o)
{
	struct rpmsg_endpoint_info info = { .name = "stale", .src = 0xffffffffu, .dst = o->dst };
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT };

	poll(&p, 1, 0);
	ioctl(fd, RPMSG_CREATE_EPT_IOCTL, &info);
#ifdef RPMSG_CREATE_DEV_IOCTL
	ioctl(fd, RPMSG_CREATE_DEV_IOCTL, &info);
#endif
	read(fd, &info, sizeof(info));
	write(fd, "stale", 5);
}

/* By a way that does not need the node; what was opened so is used, too. */
static void open_again(int fd, const struct options *o)
{
	char path[32];
	int again;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (again < 0)
		return;
	use(again, o);
	close(again);
}

void run_stale(struct worker *w)
{
	const int fd = wait_for_device(w);

	if (fd < 0) {
		w->result = fd == -ECANCELED ? 0 : 1;
		return;
	}
	/* A read of a device that is only put aside must not keep us. */
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (access(w->opt->device, F_OK) == 0 && pause_ns(w->stop_fd, PAUSE_NS))
		;
	while (pause_ns(w->stop_fd, PAUSE_NS)) {
		call_begins(w->counters);
		use(fd, w->opt);
		open_again(fd, w->opt);
		call_ends(w->counters, 0);
	}
	close(fd);
}

void run_flow(struct worker *w)
{
	const int fd = wait_for_device(w);

	if (fd < 0) {
		w->result = fd == -ECANCELED ? 0 : 1;
		return;
	}
	do {
		call_begins(w->counters);
		call_ends(w->counters, ioctl(fd, RPMSG_SET_INCOMING_FLOWCONTROL, 1));
	} while (pause_ns(w->stop_fd, FLOW_PAUSE_NS));
	close(fd);
}
