// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asking helpers, on the side of the service; the spawner, which forks them; and answering, in the
 * helper.
 *
 * The spawner reads requests, forks a helper for each, and ends when the service closes its end of
 * the socket, in whatever way. It shares no descriptor with the service, nor does a helper: one
 * that is stuck must not keep the lock, the log, or a fanotify group alive.
 */
#include "helper/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/jobs.h"
#include "system/files.h"

/* Helpers at a time. More are stuck than anybody needs: from there on all are silent at once. */
#define HELPERS_MAX 64

/* One that has taken so long is stuck: all that ask have stopped waiting. */
#define STUCK_MS 2000

/* A helper that can be killed does not outlive this; everybody has stopped waiting long before. */
#define HELPER_LIFE_S 30

static const helper_fn jobs[HELPER_JOBS] = {
	[HELPER_OPEN_HOW] = memory_open_how,   [HELPER_OPENING] = opening_look,
	[HELPER_ASIDE] = nodes_aside,	       [HELPER_BACK] = nodes_back,
	[HELPER_SYSFS_ROOT] = sysfs_root_open,
};

/* The data of a job begins where any struct may. */
struct request {
	uint32_t job, subject;
	char data[HELPER_MESSAGE_MAX];
};

/* Room for one descriptor beside a message. */
union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

/* A message on a socket, and beside it @fd if that is one. */
static bool transmit(int to, struct iovec *parts, size_t n_parts, int fd, int flags)
{
	union control control = { 0 };
	struct msghdr m = { .msg_iov = parts, .msg_iovlen = n_parts };
	struct cmsghdr *c;

	if (fd >= 0) {
		m.msg_control = control.bytes;
		m.msg_controllen = sizeof(control.bytes);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(to, &m, flags | MSG_NOSIGNAL) >= 0;
}

/* As recvmsg(). @fd is given the descriptor that came with the message, or -1. */
static ssize_t receive(int from, void *data, size_t len, int *fd, int flags)
{
	struct iovec part = { data, len };
	union control control = { 0 };
	struct msghdr m = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	const struct cmsghdr *c;
	ssize_t n;

	do {
		n = recvmsg(from, &m, flags | MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	*fd = -1;
	if (n > 0 && (c = CMSG_FIRSTHDR(&m)) && c->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));
	return n;
}

/* ---- the spawner, and what it forks ---- */

/* Everything but @keep; then nothing to read from and nobody to write to. */
static void close_all_but(int keep)
{
	int null;

	file_close_others(3, keep);
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
	ssize_t len;
	pid_t pid;
	int fd;

	while ((len = receive(socket, &r, sizeof(r), &fd, 0)) > 0) {
		reap();
		pid = -1;
		if (fd >= 0 && (size_t)len >= offsetof(struct request, data) && may_have_one(&r))
			pid = fork();
		if (pid == 0)
			help(fd, &r, (size_t)len);
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

static void run_spawner(int socket)
{
	close_all_but(socket);
	prctl(PR_SET_NAME, "rpmsg-helper");
	/* It ends with the service: a signal to the whole group must not be quicker. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (chdir("/") < 0)
		_exit(1);
	spawn(socket);
}

/* ---- the service ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool begun;
static int spawner = -1;
static pid_t spawner_pid;

int helper_begin(void)
{
	int ends[2], err;
	pid_t pid;

	begun = true;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		run_spawner(ends[1]);
	err = errno;
	close(ends[1]);
	if (pid > 0) {
		spawner = ends[0];
		spawner_pid = pid;
		return 0;
	}
	close(ends[0]);
	return -err;
}

void helper_end(void)
{
	if (spawner >= 0)
		close(spawner);
	spawner = -1;
}

/*
 * Somebody has killed it. Of a process with threads the child is in order as far as a helper goes:
 * it takes no lock but the C library's own, which that keeps usable.
 */
static int replace_spawner(void)
{
	helper_end();
	/* Not any child: a sender that is being ejected is one, too. */
	if (spawner_pid > 0)
		waitpid(spawner_pid, NULL, WNOHANG);
	spawner_pid = 0;
	return helper_begin();
}

/* The spawner only forks, so it has room: nobody waits for it either. */
static int hand_over(struct iovec *parts, size_t n_parts, int fd)
{
	int err = 0;

	pthread_mutex_lock(&lock);
	if (!begun)
		err = -ENOSYS; /* never begun */
	else if (spawner < 0)
		err = -EPIPE; /* it could not be replaced the last time */
	else if (!transmit(spawner, parts, n_parts, fd, MSG_DONTWAIT))
		err = -errno;
	if (err == -EPIPE || err == -ECONNRESET) {
		err = replace_spawner();
		if (!err && !transmit(spawner, parts, n_parts, fd, MSG_DONTWAIT))
			err = -errno;
	}
	pthread_mutex_unlock(&lock);
	return err;
}

int helper_ask(enum helper_job job, pid_t subject, const void *request, size_t len)
{
	/* The beginning of struct request. */
	const uint32_t head[] = { job, (uint32_t)subject };
	struct iovec parts[] = { { (void *)head, sizeof(head) }, { (void *)request, len } };
	int ends[2], err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	err = hand_over(parts, 2, ends[1]);
	close(ends[1]);
	if (!err)
		return ends[0];
	close(ends[0]);
	return err;
}

ssize_t helper_answer(int fd, void *answer, size_t len, int *passed)
{
	int got;
	const ssize_t n = receive(fd, answer, len, &got, MSG_DONTWAIT);

	if (passed)
		*passed = got;
	else if (got >= 0)
		close(got);
	if (n > 0)
		return n;
	return n < 0 && errno == EAGAIN ? -EAGAIN : -EPIPE;
}

void helper_confirm(int fd)
{
	/* One that does not wait for it has ended. */
	if (send(fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return;
}

ssize_t helper_do(enum helper_job job, pid_t subject, const void *request, size_t len, void *answer,
		  size_t answer_len, int *passed, unsigned int ms)
{
	const uint64_t deadline = clock_ms() + ms;
	struct pollfd p = { helper_ask(job, subject, request, len), POLLIN, 0 };
	uint64_t now;
	ssize_t n;

	if (passed)
		*passed = -1;
	if (p.fd < 0)
		return p.fd;
	while ((n = helper_answer(p.fd, answer, answer_len, passed)) == -EAGAIN &&
	       (now = clock_ms()) < deadline)
		poll(&p, 1, (int)(deadline - now));
	if (n > 0)
		helper_confirm(p.fd);
	close(p.fd);
	return n == -EAGAIN ? -ETIMEDOUT : n;
}

/* ---- for jobs ---- */

bool helper_reply(int fd, const void *answer, size_t len, int passed)
{
	struct iovec part = { (void *)answer, len };

	return transmit(fd, &part, 1, passed, 0);
}

bool helper_is_wanted(int fd)
{
	struct pollfd p = { .fd = fd };

	return poll(&p, 1, 0) == 0;
}

bool helper_is_heard(int fd)
{
	char confirmed;

	return recv(fd, &confirmed, 1, 0) == 1;
}
