// SPDX-License-Identifier: GPL-2.0-only
/* Endpoints and channels in any number, made through /dev/rpmsg_ctrlN, and who polls their devices. */
#include <errno.h>
#include <fcntl.h>
#include <linux/rpmsg.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "attacker.h"

#define FIRST_ADDRESS 5000
#define ANY_ADDRESS 0xffffffffu

/* Neither ends with the program that has made it. */
static int make(const char *ctrl, int number, unsigned long request, const char *name)
{
	const int fd = open(ctrl, O_RDWR | O_CLOEXEC);
	struct rpmsg_endpoint_info info = { .src = ANY_ADDRESS };

	if (fd < 0)
		die(ctrl);
	for (int i = 0; i < number; i++) {
		info.dst = FIRST_ADDRESS + (unsigned int)i;
		snprintf(info.name, sizeof(info.name), "%s", name);
		if (ioctl(fd, request, &info) < 0)
			die("ioctl");
	}
	close(fd);
	return 0;
}

int cmd_endpoints(int argc, char **argv)
{
	(void)argc;
	return make(argv[0], atoi(argv[1]), RPMSG_CREATE_EPT_IOCTL, "many");
}

int cmd_channels(int argc, char **argv)
{
	(void)argc;
	return make(argv[0], atoi(argv[1]), RPMSG_CREATE_DEV_IOCTL, "rpmsg-raw");
}

int cmd_poll_all(int argc, char **argv)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET };
	const int epoll = epoll_create1(EPOLL_CLOEXEC);
	int fd, signal;
	sigset_t end;

	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, NULL);
	for (int i = 0; i < argc; i++) {
		fd = open(argv[i], O_RDWR | O_CLOEXEC);
		if (fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
			die(argv[i]);
	}
	print_line("polling");
	/* Its descriptors, and so its registrations, end with it. */
	sigwait(&end, &signal);
	return 0;
}
