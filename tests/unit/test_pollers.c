// SPDX-License-Identifier: GPL-2.0-only
/* Pollers of devices as /proc shows them, in a child of this process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/pollers.h"

static void test_parse(void **state)
{
	struct registration r;

	(void)state;
	assert_true(registration_parse("tfd:        7 events: 8000001d data: ffffffff00000007  "
				       "pos:0 ino:1a2b sdev:500003\n",
				       &r));
	assert_int_equal(r.fd, 7);
	assert_true(r.events == 0x8000001d);
	assert_true(r.data == 0xffffffff00000007);
	assert_true(r.inode == 0x1a2b);
	assert_true(r.fs == makedev(5, 3));
	assert_false(registration_parse("flags:\t02000002\n", &r));
	assert_false(registration_parse("tfd: 7 events: 1d data: 7\n", &r));
}

/* A child that has @path under the number 9, in an epoll under the number 10; returns when it has. */
static pid_t watching_child(const char *path)
{
	int ready[2], fd, epoll;
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = 0x123456789 };
	pid_t pid;
	char c;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		fd = open(path, O_RDWR | O_NOCTTY);
		epoll = epoll_create1(0);
		if (dup2(fd, 9) == 9 && dup2(epoll, 10) == 10 &&
		    epoll_ctl(10, EPOLL_CTL_ADD, 9, &event) == 0)
			close(epoll);
		write(ready[1], "", 1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static size_t find(const struct polled_device *device, pid_t pid, struct poller *out)
{
	struct poller found[64];
	const size_t n = pollers_find(device, 1, found, 64);
	size_t mine = 0;

	for (size_t i = 0; i < n; i++)
		if (found[i].pid == pid && found[i].kind == POLLER_EPOLL) {
			*out = found[i];
			mine++;
		}
	return mine;
}

static void test_find(void **state)
{
	struct polled_device device = { 0 }, other = { .dev = makedev(4095, 12345) };
	const pid_t pid = watching_child("/dev/ptmx");
	struct poller p;
	struct stat st;

	(void)state;
	assert_int_equal(stat("/dev/ptmx", &st), 0);
	device.dev = st.st_rdev;
	assert_int_equal(find(&device, pid, &p), 1);
	assert_int_equal(p.epoll, 10);
	assert_int_equal(p.registration.fd, 9);
	assert_true(p.registration.data == 0x123456789);
	assert_true(p.devices == 1);
	assert_int_equal(find(&other, pid, &p), 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/*
 * A child that has seen the edge of a pipe with data in it, and waits for the next: only a registration that
 * is made anew looks at the pipe again.
 */
static pid_t waiting_child(int ready)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.u64 = 77 };
	const pid_t pid = fork();
	int data[2];
	bool ok;

	assert_true(pid >= 0);
	if (pid)
		return pid;
	ok = pipe(data) == 0 && write(data[1], "x", 1) == 1 && dup2(epoll_create1(0), 10) == 10 &&
	     epoll_ctl(10, EPOLL_CTL_ADD, data[0], &event) == 0 &&
	     epoll_wait(10, &event, 1, 0) == 1 && epoll_wait(10, &event, 1, 0) == 0;
	dprintf(ready, "%d", data[0]);
	ok = ok && epoll_wait(10, &event, 1, 20000) == 1 && event.data.u64 == 77;
	_exit(ok ? 0 : 1);
}

/* In a process of its own, since it overwrites descriptors. */
static int renew_elsewhere(const struct poller *p)
{
	const pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(-registration_renew(p));
	waitpid(pid, &status, 0);
	return -WEXITSTATUS(status);
}

static void test_renew(void **state)
{
	struct poller p = { .kind = POLLER_EPOLL, .epoll = 10 };
	char number[16] = "";
	int ready[2], status, err;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	p.pid = waiting_child(ready[1]);
	assert_true(read(ready[0], number, sizeof(number) - 1) > 0);
	p.registration = (struct registration){ .fd = atoi(number),
						.events = EPOLLIN | EPOLLET,
						.data = 77 };
	p.registration.fd++;
	assert_true(renew_elsewhere(&p) < 0);
	p.registration.fd--;
	err = renew_elsewhere(&p);
	if (err == -ENOSYS || err == -EPERM) {
		kill(p.pid, SIGKILL);
		waitpid(p.pid, NULL, 0);
		skip(); /* a kernel before 5.6, a sandbox */
	}
	assert_int_equal(err, 0);
	waitpid(p.pid, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_renew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
