// SPDX-License-Identifier: GPL-2.0-only
/* An open that sleeps while the path that it was given comes to lead somewhere else, or that no system call shows. */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attacker.h"

#define FLAGS (O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
#define ELSEWHERE "/dev/null"

static char path[128];
static char link_path[64];

/* Closes the tty when it is hung up, as a program does that means no harm. */
static void use(int fd)
{
	struct pollfd p = { .fd = fd };

	if (fd < 0)
		die("open");
	print_line("opened");
	while (!(p.revents & POLLHUP))
		poll(&p, 1, -1);
	close(fd);
	print_line("closed");
	exit(0);
}

static void *open_path(void *arg)
{
	(void)arg;
	use(open(path, FLAGS));
	return NULL;
}

static void *map_ring(int ring, off_t what, size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, what);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

/* The result of the only request. The kernel opens in the call itself, or with IOSQE_ASYNC in a worker. */
static int open_by_ring(uint8_t sqe_flags)
{
	struct io_uring_params params = { 0 };
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqes;
	char *sq, *cq;
	int ring;

	ring = (int)syscall(SYS_io_uring_setup, 1, &params);
	if (ring < 0)
		die("io_uring_setup");
	sq = map_ring(ring, IORING_OFF_SQ_RING, params.sq_off.array + sizeof(uint32_t));
	cq = map_ring(ring, IORING_OFF_CQ_RING, params.cq_off.cqes + 2 * sizeof(*cqes));
	sqe = map_ring(ring, IORING_OFF_SQES, sizeof(*sqe));
	sqe->opcode = IORING_OP_OPENAT;
	sqe->flags = sqe_flags;
	sqe->fd = AT_FDCWD;
	sqe->addr = (uintptr_t)path;
	sqe->open_flags = FLAGS;
	*(uint32_t *)(sq + params.sq_off.array) = 0;
	__atomic_store_n((uint32_t *)(sq + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	while (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		if (errno != EINTR)
			die("io_uring_enter");
	cqes = (struct io_uring_cqe *)(cq + params.cq_off.cqes);
	if (cqes[0].res < 0)
		errno = -cqes[0].res;
	return cqes[0].res;
}

static void begin_open(void *(*open_it)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, open_it, NULL))
		die("pthread_create");
}

static void make_link(const char *target)
{
	char made[96];

	snprintf(made, sizeof(made), "%s.new", link_path);
	if (symlink(target, made) < 0 || rename(made, link_path) < 0)
		die(link_path);
}

/* Begins the open, and forges the path when SIGUSR1 comes: when the open sleeps. */
int cmd_opening(int argc, char **argv)
{
	const char *how = argv[0], *tty = argv[1];
	const uid_t uid = (uid_t)atoi(argv[2]);
	sigset_t now;
	int signal;

	(void)argc;
	sigemptyset(&now);
	sigaddset(&now, SIGUSR1);
	sigprocmask(SIG_BLOCK, &now, NULL);
	if (setgid(uid) < 0 || setuid(uid) < 0)
		die("setuid");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(path, sizeof(path), "%s", tty);
	if (strcmp(how, "ring") == 0)
		use(open_by_ring(0));
	if (strcmp(how, "worker") == 0)
		use(open_by_ring(IOSQE_ASYNC));
	if (strcmp(how, "link") == 0) {
		/* In a folder that is not sticky, or fs.protected_symlinks keeps others from following it. */
		snprintf(link_path, sizeof(link_path), "/tmp/rpmsg-attacker-%d", getpid());
		if (mkdir(link_path, 0755) < 0)
			die(link_path);
		strcat(link_path, "/link");
		make_link(tty);
		snprintf(path, sizeof(path), "%s", link_path);
	}
	begin_open(open_path);
	sigwait(&now, &signal);
	if (link_path[0])
		make_link(ELSEWHERE);
	else
		strcpy(path, ELSEWHERE);
	print_line("forged");
	pause();
	return 0;
}
