// SPDX-License-Identifier: GPL-2.0-only
/* Endpoints and channels in any number, made through /dev/rpmsg_ctrlN, and who opens and polls their devices. */
#include <errno.h>
#include <fcntl.h>
#include <linux/rpmsg.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
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

int cmd_open_all(int argc, char **argv)
{
	const int n = atoi(argv[0]);
	const struct rlimit room = { (rlim_t)n + 16, (rlim_t)n + 16 };
	char path[32];

	(void)argc;
	setrlimit(RLIMIT_NOFILE, &room);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "/dev/rpmsg%d", i);
		if (open(path, O_RDWR | O_CLOEXEC) < 0)
			die(path);
	}
	print_line("open");
	pause();
	return 0;
}

static void open_and_close(const char *device, time_t until)
{
	while (time(NULL) < until)
		close(open(device, O_RDWR | O_CLOEXEC));
	_exit(0);
}

int cmd_churn(int argc, char **argv)
{
	const time_t until = time(NULL) + atoi(argv[0]);

	for (int i = 1; i < argc; i++)
		if (fork() == 0)
			open_and_close(argv[i], until);
	while (wait(NULL) > 0)
		;
	return 0;
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
