// SPDX-License-Identifier: GPL-2.0-only
/* Which system call a task sleeps in, by what the kernel says of real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/task.h"

/* An ioctl that waits: for a call that this filter tells of, and it tells of none. */
static void sleep_in_ioctl(void)
{
	struct sock_filter allow = { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW };
	const struct sock_fprog program = { 1, &allow };
	struct seccomp_notif notif = { 0 };
	long fd;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		_exit(1);
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
		     &program);
	if (fd < 0 || ioctl((int)fd, SECCOMP_IOCTL_NOTIF_RECV, &notif) < 0)
		_exit(2);
}

static void sleep_in_pause(void)
{
	pause();
}

static pid_t asleep(void (*in)(void))
{
	const pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		in();
		_exit(3);
	}
	while (task_whereabouts(pid) != TASK_ASLEEP)
		assert_true(task_alive(pid));
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* One that is on its way there can be asleep in another call for a moment. */
static void wait_for_ioctl(pid_t pid)
{
	while (!task_is_in_ioctl(pid) || task_whereabouts(pid) != TASK_ASLEEP)
		assert_true(task_alive(pid));
}

static void test_ioctl(void **state)
{
	pid_t pid = asleep(sleep_in_ioctl);

	(void)state;
	wait_for_ioctl(pid);
	assert_true(task_is_in_ioctl(pid));
	assert_false(task_is_writing(pid));
	assert_false(task_is_closing(pid));
	end(pid);
	pid = asleep(sleep_in_pause);
	assert_false(task_is_in_ioctl(pid));
	end(pid);
}

/* As 6.1 shows them: of programs of 64 and of 32 bits, and of poll() that was interrupted and begun anew. */
static void test_polls(void **state)
{
	(void)state;
#if defined(__x86_64__)
	assert_false(syscall_line_polls(
		"61 0xffffffff 0x7ffea10bdc4c 0x0 0x0 0x0 0x0 0x7ffea10bdc28 0x460a63"));
	assert_true(syscall_line_polls(
		"7 0x7fa7c37a6938 0x1 0x3e8 0x0 0x0 0x0 0x7fa7c37a6900 0x4f0c6f"));
	assert_true(syscall_line_polls(
		"168 0xf7f086f0 0x2 0xffffffff 0x8108ff4 0x0 0xf7f087a8 0xf7f086b0 0xf7f0d549"));
	assert_true(syscall_line_polls(
		"0 0xf7f086f0 0x2 0xffffffff 0x8108ff4 0x0 0xf7f087a8 0xf7f086b0 0xf7f0d549"));
	/* A read() of a static program, whose code lies below. */
	assert_false(syscall_line_polls(
		"0 0x0 0x7fb1da3d7000 0x10000 0x22 0xffffffff 0x0 0x7fff59bee0f8 0x47b6fd"));
#endif
}

struct seen {
	pid_t pid;
	unsigned int times, threads;
};

static bool note(const struct process *p, void *arg)
{
	struct seen *seen = arg;

	if (p->pid != seen->pid)
		return true;
	assert_int_equal(atoi(p->name), p->pid);
	seen->times++;
	seen->threads = process_threads(p);
	return true;
}

static void *sleep_in_thread(void *arg)
{
	pause();
	return arg;
}

static void sleep_in_three_threads(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, sleep_in_thread, NULL) ||
	    pthread_create(&thread, NULL, sleep_in_thread, NULL))
		_exit(1);
	pause();
}

/* Also by a walk that knows it from the walk before. */
static void test_glance(void **state)
{
	struct seen one = { .pid = asleep(sleep_in_pause) };
	struct seen three = { .pid = asleep(sleep_in_three_threads) };

	(void)state;
	for (unsigned int i = 1; i <= 2; i++) {
		assert_true(processes_glance(note, &one));
		assert_int_equal(one.times, i);
		assert_int_equal(one.threads, 1);
		do {
			three.times = 0;
			assert_true(processes_glance(note, &three));
			assert_int_equal(three.times, 1);
		} while (three.threads < 3);
		assert_int_equal(three.threads, 3);
	}
	end(one.pid);
	end(three.pid);
}

static void test_alive_without_descriptors(void **state)
{
	const pid_t pid = asleep(sleep_in_pause);
	struct rlimit before, none;
	struct task_stat stat;
	bool alive, read;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	read = task_stat(pid, &stat);
	alive = task_alive(pid);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_false(read);
	assert_true(alive);
	kill(pid, SIGKILL);
	while (task_alive(pid))
		sched_yield();
	end(pid);
	assert_false(task_alive(pid));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ioctl),
		cmocka_unit_test(test_polls),
		cmocka_unit_test(test_glance),
		cmocka_unit_test(test_alive_without_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
