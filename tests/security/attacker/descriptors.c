// SPDX-License-Identifier: GPL-2.0-only
/* Descriptors that a look at /proc misses. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attacker.h"

static int open_tty(const char *tty)
{
	int fd = open(tty, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		die(tty);
	return fd;
}

void send_fd(int socket, int fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec part = { "x", 1 };
	struct msghdr m = { .msg_iov = &part,
			    .msg_iovlen = 1,
			    .msg_control = control.bytes,
			    .msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	if (sendmsg(socket, &m, 0) < 0)
		die("sendmsg");
}

int cmd_in_flight(int argc, char **argv)
{
	int ends[2], fd = open_tty(argv[0]), signal;
	sigset_t end;

	(void)argc;
	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, NULL);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		die("socketpair");
	send_fd(ends[0], fd);
	close(fd);
	print_line("in flight");
	sigwait(&end, &signal);
	/* The last close of the tty, by a socket that is closed with it inside. */
	close(ends[0]);
	close(ends[1]);
	print_line("closed");
	return 0;
}

/* Number of the descriptor that one of the two has, 0 while it is on its way. */
struct hands {
	volatile int fd[2];
	volatile pid_t pid[2];
};

static void take_and_hold(struct hands *h, int me)
{
	const int other = !me;
	int process, fd;

	h->pid[me] = getpid();
	while (!h->pid[other])
		sched_yield();
	process = (int)syscall(SYS_pidfd_open, h->pid[other], 0);
	if (process < 0)
		die("pidfd_open");
	for (;;) {
		while (!h->fd[other])
			sched_yield();
		fd = (int)syscall(SYS_pidfd_getfd, process, h->fd[other], 0);
		if (fd < 0)
			continue;
		/* Taken: the other one may close his. */
		h->fd[me] = fd;
		while (h->fd[other])
			sched_yield();
		/* Given: until he has taken it. */
		while (!h->fd[other])
			sched_yield();
		h->fd[me] = 0;
		close(fd);
	}
}

int cmd_hand_over(int argc, char **argv)
{
	struct hands *h = mmap(NULL, sizeof(*h), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			       -1, 0);
	int fd;

	(void)argc;
	if (h == MAP_FAILED)
		die("mmap");
	fd = open_tty(argv[0]);
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fd);
		take_and_hold(h, 1);
	}
	/* The first one begins with it. */
	h->pid[0] = getpid();
	h->fd[0] = fd;
	while (!h->fd[1])
		sched_yield();
	h->fd[0] = 0;
	close(fd);
	print_line("handing over");
	take_and_hold(h, 0);
	return 0;
}

/* TIOCNXCL takes no right but to have the tty open. */
int cmd_shared(int argc, char **argv)
{
	const int fd = open_tty(argv[0]);

	(void)argc;
	print_line("shared");
	for (;;)
		ioctl(fd, TIOCNXCL);
}

/* A descriptor of O_PATH leads to the node wherever it was moved to. */
int cmd_reopen(int argc, char **argv)
{
	const int node = open(argv[0], O_PATH | O_CLOEXEC);
	const uid_t uid = (uid_t)atoi(argv[1]);
	char path[64];
	int fd;

	(void)argc;
	if (node < 0 || setgid(uid) < 0 || setuid(uid) < 0)
		die(argv[0]);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", node);
	print_line("reopening");
	for (;;) {
		fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
	}
}
