// SPDX-License-Identifier: GPL-2.0-only
/* Descriptors in tables where nobody needs them: very many, or those of another user. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attacker.h"

static void become(uid_t uid)
{
	if (setgid(uid) < 0 || setuid(uid) < 0)
		die("setuid");
	/* The change of the user has cleared it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void hoard(void)
{
	const int fd = open("/dev/null", O_RDONLY);
	int n = 0;

	if (fd < 0)
		die("/dev/null");
	while (dup(fd) >= 0)
		n++;
	print_line("hoard of %d", n);
	for (;;)
		pause();
}

int cmd_hoard(int argc, char **argv)
{
	const rlim_t n = strtoul(argv[1], NULL, 10);
	const struct rlimit limit = { n, n };

	(void)argc;
	/* As the hard limit that systemd gives to every user allows. */
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		die("RLIMIT_NOFILE");
	for (int i = atoi(argv[0]); i > 0; i--) {
		if (fork())
			continue;
		become((uid_t)atoi(argv[2]));
		hoard();
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

/* As a daemon does that reads messages: what is in them it has before it looks at them. */
static void receive(int socket)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec part = { &byte, 1 };
	struct msghdr m = { .msg_iov = &part,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };

	if (recvmsg(socket, &m, 0) != 1 || !CMSG_FIRSTHDR(&m))
		die("recvmsg");
	print_line("received as %d", getpid());
	for (;;)
		pause();
}

int cmd_give(int argc, char **argv)
{
	int ends[2], tty;
	pid_t daemon;

	(void)argc;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		die("socketpair");
	daemon = fork();
	if (daemon == 0) {
		become((uid_t)atoi(argv[2]));
		close(ends[0]);
		receive(ends[1]);
	}
	if (setgid((uid_t)atoi(argv[1])) < 0 || setuid((uid_t)atoi(argv[1])) < 0)
		die("setuid");
	tty = open(argv[0], O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (tty < 0)
		die(argv[0]);
	send_fd(ends[0], tty);
	close(tty);
	waitpid(daemon, NULL, 0);
	return 0;
}
