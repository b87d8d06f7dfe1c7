// SPDX-License-Identifier: GPL-2.0-only
/*
 * The spawner: reads requests, forks a helper for each, and ends when the service closes its end of
 * the socket, in whatever way. It shares no descriptor with the service, nor does a helper: one that
 * is stuck must not keep the lock, the log, or a fanotify group alive.
 */
#include "helper/spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/helper.h"
#include "helper/memory.h"
#include "helper/nodes.h"
#include "helper/sysfs_root.h"
#include "system/files.h"

/* Helpers at a time. More are stuck than anybody needs: from there on all are silent at once. */
#define HELPERS_MAX 64

/* One that has taken so long is stuck: all that ask have stopped waiting. */
#define STUCK_MS 2000

/* A helper that can be killed does not outlive this; everybody has stopped waiting long before. */
#define HELPER_LIFE_S 30

static const helper_fn jobs[HELPER_JOBS] = {
	[HELPER_OPEN_HOW] = memory_open_how,   [HELPER_OPEN_PATH] = memory_open_path,
	[HELPER_ASIDE] = nodes_aside,	       [HELPER_BACK] = nodes_back,
	[HELPER_SYSFS_ROOT] = sysfs_root_open,
};

/* The data of a job begins where any struct may. */
struct request {
	uint32_t job, subject;
	char data[HELPER_MESSAGE_MAX];
};

/* Everything but @keep; then nothing to read from and nobody to write to. */
static void close_all_but(int keep)
{
	int null;

#ifdef SYS_close_range
	if ((keep == 3 || syscall(SYS_close_range, 3U, (unsigned int)keep - 1, 0U) == 0) &&
	    syscall(SYS_close_range, (unsigned int)keep + 1, ~0U, 0U) == 0)
		goto closed; /* 5.9, commit 278a5fbaed89 */
#endif
	for (int fd = 3, n = (int)sysconf(_SC_OPEN_MAX); fd < n; fd++)
		if (fd != keep)
			close(fd);
closed:
	null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < 3; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			close(fd);
	if (null > 2)
		close(null);
}

static void help(int fd, const struct request *r, size_t len)
{
	close_all_but(fd);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGALRM, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	alarm(HELPER_LIFE_S);
	if (r->job < HELPER_JOBS)
		jobs[r->job](fd, r->data, len - offsetof(struct request, data));
	_exit(0);
}

/* The next request and the socket for its answer; false at the end of the service. */
static bool receive(int from, struct request *r, size_t *len, int *fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec part = { r, sizeof(*r) };
	struct msghdr m = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	const struct cmsghdr *c;
	ssize_t n;

	do {
		n = recvmsg(from, &m, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	c = CMSG_FIRSTHDR(&m);
	*fd = -1;
	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));
	*len = (size_t)n;
	return true;
}

/* Those that have not ended. */
static struct {
	pid_t pid;
	uint32_t subject;
	uint64_t since_ms;
} helpers[HELPERS_MAX];
static size_t n_helpers;

static void reap(void)
{
	pid_t pid;

	while (n_helpers && (pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (size_t i = 0; i < n_helpers; i++)
			if (helpers[i].pid == pid)
				helpers[i] = helpers[--n_helpers];
}

/* One container or process that hangs must not use up the helpers of all. */
static bool may_have_one(const struct request *r)
{
	for (size_t i = 0; i < n_helpers; i++)
		if (helpers[i].subject == r->subject && clock_ms() - helpers[i].since_ms > STUCK_MS)
			return false;
	return n_helpers < HELPERS_MAX;
}

static void spawn(int socket)
{
	static struct request r;
	size_t len;
	pid_t pid;
	int fd;

	while (receive(socket, &r, &len, &fd)) {
		reap();
		pid = fd >= 0 && len >= offsetof(struct request, data) && may_have_one(&r) ? fork()
											   : -1;
		if (pid == 0)
			help(fd, &r, len);
		if (pid > 0) {
			helpers[n_helpers].pid = pid;
			helpers[n_helpers].subject = r.subject;
			helpers[n_helpers++].since_ms = clock_ms();
		}
		if (fd >= 0)
			close(fd);
	}
	_exit(0);
}

int spawner_start(pid_t *pid)
{
	int ends[2], err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	*pid = fork();
	if (*pid == 0) {
		close_all_but(ends[1]);
		prctl(PR_SET_NAME, "rpmsg-helper");
		/* It ends with the service: a signal to the whole group must not be quicker. */
		signal(SIGTERM, SIG_IGN);
		signal(SIGINT, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		if (chdir("/") < 0)
			_exit(1);
		spawn(ends[1]);
	}
	err = errno;
	close(ends[1]);
	if (*pid > 0)
		return ends[0];
	close(ends[0]);
	return -err;
}
