// SPDX-License-Identifier: GPL-2.0-only
/* Endpoints without number, through /dev/rpmsg_ctrl0 and the /dev/rpmsgN that it makes. */
#include <fcntl.h>
#include <linux/rpmsg.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "attacker.h"

#define CTRL_DEVICE "/dev/rpmsg_ctrl0"
#define ADDRESS 200 /* of the first at the remote processor */

static void make_devices(int n)
{
	const int fd = open(CTRL_DEVICE, O_RDWR | O_CLOEXEC);

	for (int i = 0; i < n; i++) {
		struct rpmsg_endpoint_info info = { .src = 0xffffffff,
						    .dst = ADDRESS + (unsigned int)i };

		snprintf(info.name, sizeof(info.name), "attack-%d", i);
		if (ioctl(fd, RPMSG_CREATE_EPT_IOCTL, &info))
			die(CTRL_DEVICE);
	}
	close(fd);
}

static int open_device(int number)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/rpmsg%d", number);
	return open(path, O_RDWR | O_CLOEXEC);
}

int cmd_endpoints(int argc, char **argv)
{
	const int n = atoi(argv[0]);
	const struct rlimit room = { (rlim_t)n + 16, (rlim_t)n + 16 };
	int opened = 0;

	(void)argc;
	setrlimit(RLIMIT_NOFILE, &room);
	make_devices(n);
	for (int i = 0; i < n; i++)
		opened += open_device(i) >= 0;
	print_line("%d endpoints", opened);
	pause();
	return 0;
}

static void open_and_close(int number, time_t until)
{
	while (time(NULL) < until)
		close(open_device(number));
	_exit(0);
}

int cmd_churn(int argc, char **argv)
{
	const int n = atoi(argv[0]);
	const time_t until = time(NULL) + atoi(argv[1]);

	(void)argc;
	make_devices(n);
	for (int i = 0; i < n; i++)
		if (fork() == 0)
			open_and_close(i, until);
	while (wait(NULL) > 0)
		;
	return 0;
}
