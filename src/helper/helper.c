// SPDX-License-Identifier: GPL-2.0-only
/* Asking helpers, on the side of the service, and answering, on theirs. */
#include "helper/helper.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/spawner.h"
#include "system/files.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int spawner = -1;
static pid_t spawner_pid;

int helper_begin(void)
{
	const int fd = spawner_start(&spawner_pid);

	if (fd < 0)
		return fd;
	spawner = fd;
	return 0;
}

void helper_end(void)
{
	if (spawner >= 0)
		close(spawner);
	spawner = -1;
}

/*
 * Somebody has killed it. Of a process with threads the child is in order as far as a helper goes: it
 * takes no lock but the C library's own, which that keeps usable.
 */
static int replace_spawner(void)
{
	helper_end();
	waitpid(spawner_pid, NULL, WNOHANG);
	return helper_begin();
}

/* Room for one descriptor beside a message. */
union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static void attach(struct msghdr *m, union control *control, int fd)
{
	struct cmsghdr *c;

	memset(control, 0, sizeof(*control));
	m->msg_control = control->bytes;
	m->msg_controllen = sizeof(control->bytes);
	c = CMSG_FIRSTHDR(m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
}

/* The spawner only forks, so it has room: nobody waits for it either. */
static int hand_over(const struct msghdr *m)
{
	int err = 0;

	pthread_mutex_lock(&lock);
	if (!spawner_pid)
		err = -ENOSYS; /* never begun */
	else if (spawner < 0)
		err = -EPIPE; /* it could not be replaced the last time */
	else if (sendmsg(spawner, m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		err = -errno;
	if (err == -EPIPE || err == -ECONNRESET) {
		err = replace_spawner();
		if (!err && sendmsg(spawner, m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			err = -errno;
	}
	pthread_mutex_unlock(&lock);
	return err;
}

int helper_ask(enum helper_job job, pid_t subject, const void *request, size_t len)
{
	/* The beginning of struct request, spawner.c. */
	const uint32_t head[] = { job, (uint32_t)subject };
	struct iovec parts[] = { { (void *)head, sizeof(head) }, { (void *)request, len } };
	struct msghdr m = { .msg_iov = parts, .msg_iovlen = 2 };
	union control control;
	int ends[2], err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	attach(&m, &control, ends[1]);
	err = hand_over(&m);
	close(ends[1]);
	if (!err)
		return ends[0];
	close(ends[0]);
	return err;
}

ssize_t helper_answer(int fd, void *answer, size_t len, int *passed)
{
	struct iovec part = { answer, len };
	union control control = { 0 };
	struct msghdr m = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *c;
	int got = -1;
	ssize_t n;

	n = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n > 0 && (c = CMSG_FIRSTHDR(&m)) && c->cmsg_type == SCM_RIGHTS)
		memcpy(&got, CMSG_DATA(c), sizeof(got));
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

static ssize_t wait_for_answer(int fd, void *answer, size_t len, int *passed, unsigned int ms)
{
	const uint64_t deadline = clock_ms() + ms;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint64_t now;
	ssize_t n;

	while ((n = helper_answer(fd, answer, len, passed)) == -EAGAIN &&
	       (now = clock_ms()) < deadline)
		poll(&p, 1, (int)(deadline - now));
	return n == -EAGAIN ? -ETIMEDOUT : n;
}

ssize_t helper_do(enum helper_job job, pid_t subject, const void *request, size_t len, void *answer,
		  size_t answer_len, int *passed, unsigned int ms)
{
	const int fd = helper_ask(job, subject, request, len);
	ssize_t n;

	if (passed)
		*passed = -1;
	if (fd < 0)
		return fd;
	n = wait_for_answer(fd, answer, answer_len, passed, ms);
	if (n > 0)
		helper_confirm(fd);
	close(fd);
	return n;
}

bool helper_reply(int fd, const void *answer, size_t len, int passed)
{
	struct iovec part = { (void *)answer, len };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	union control control;

	if (passed >= 0)
		attach(&m, &control, passed);
	return sendmsg(fd, &m, MSG_NOSIGNAL) == (ssize_t)len;
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
