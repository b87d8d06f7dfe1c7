// SPDX-License-Identifier: GPL-2.0-only
/* What a blocked opener wants, by the line of /proc/<tid>/syscall. */
#include <fcntl.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "helper/helper.h"
#include "helper/jobs.h"
#include "hold/opener.h"
#include "system/task.h"

#if defined(__x86_64__)
#define OPENAT 257
#else
#define OPENAT 56
#endif

/* What a line says at once; "in memory" and "not yet" are for others to decide. */
static bool line_may_write(const char *line)
{
	uint64_t address;

	return opener_line_intent(line, &address) != INTENT_READS;
}

static bool may_write(long number, unsigned long flags)
{
	char line[256];

	snprintf(line, sizeof(line),
		 "%ld 0xffffff9c 0x7ffe0000 0x%lx 0x1b6 0x0 0x0 0x7ffe1000 0x4711", number, flags);
	return line_may_write(line);
}

static void test_readers_pass(void **state)
{
	(void)state;
	assert_false(may_write(OPENAT, O_RDONLY));
	assert_false(may_write(OPENAT, O_RDONLY | O_CLOEXEC));
}

static void test_writers_are_held(void **state)
{
	(void)state;
	assert_true(may_write(OPENAT, O_WRONLY | O_TRUNC | O_CREAT));
	assert_true(may_write(OPENAT, O_RDWR));
}

/* The numbers of the 32-bit ABIs: open and openat; creat() has no flags, and writes. */
static void test_32_bit_programs(void **state)
{
#if defined(__x86_64__)
	const long openat_32 = 295;
#else
	const long openat_32 = 322;
#endif

	(void)state;
	assert_false(may_write(openat_32, O_RDONLY));
	assert_true(may_write(openat_32, O_WRONLY));
	assert_true(may_write(8, O_RDONLY));
	assert_false(line_may_write("5 0x8 0x0 0x0 0x0 0x0 0x0 0x1 0x2"));
	assert_true(line_may_write("5 0x8 0x1 0x0 0x0 0x0 0x0 0x1 0x2"));
}

/* io_uring_enter, an unknown number, a worker without a system call, and garbage. */
static void test_unknown_counts_as_writing(void **state)
{
	(void)state;
	assert_true(may_write(426, O_RDONLY));
	assert_true(may_write(9999, O_RDONLY));
	assert_true(may_write(-1, O_RDONLY));
	assert_true(line_may_write("-1 0x0 0x0"));
	assert_true(line_may_write(""));
	assert_true(line_may_write("running"));
}

/* What the helper says of the memory at @address of this process: INTENT_WRITES when it is silent. */
static enum intent intent_at(uint64_t address)
{
	const struct open_how_request r = { address, getpid() };
	struct open_how_answer answer;

	if (helper_do(HELPER_OPEN_HOW, getpid(), &r, sizeof(r), &answer, sizeof(answer), NULL,
		      10000) != sizeof(answer))
		return INTENT_WRITES;
	return opener_flags_intent(answer.flags);
}

/* openat2() keeps its flags in memory; here it is our own. */
static void test_openat2_is_read_from_memory(void **state)
{
	uint64_t how[3] = { O_RDONLY, 0, 0 }, address = 0;
	char line[256];

	(void)state;
	snprintf(line, sizeof(line), "437 0xffffff9c 0x7ffe0000 0x%lx 0x18 0x0 0x0 0x1 0x2",
		 (unsigned long)(uintptr_t)how);
	assert_int_equal(opener_line_intent(line, &address), INTENT_IN_MEMORY);
	assert_int_equal(address, (uintptr_t)how);
	assert_int_equal(intent_at(address), INTENT_READS);
	how[0] = O_WRONLY;
	assert_int_equal(intent_at(address), INTENT_WRITES);
	/* An address that cannot be read counts as writing. */
	assert_int_equal(intent_at(16), INTENT_WRITES);
}

/* What a helper says, without a look at wchan: true for silence, too. */
static bool asked(const struct opening_request *r)
{
	struct opening_answer answer;

	return helper_do(HELPER_OPENING, r->tid, r, sizeof(*r), &answer, sizeof(answer), NULL,
			 10000) != sizeof(answer) ||
	       !answer.outside;
}

/* Of an open of a device that is nobody's. */
static bool may_be_inside(pid_t tid, enum sleep_stack stack)
{
	return asked(&(struct opening_request){
		.tid = tid, .stack = stack, .n = 1, .devs = { makedev(251, 0) } });
}

/* By its path only. */
static bool may_open(pid_t tid, dev_t dev)
{
	return asked(&(struct opening_request){
		.tid = tid, .stack = STACK_HIDDEN, .n = 1, .devs = { dev } });
}

static bool may_open_major(pid_t tid, unsigned int major_nr)
{
	return asked(&(struct opening_request){
		.tid = tid, .stack = STACK_HIDDEN, .major_nr = major_nr });
}

/* The one for whom an answer would be wrong while it still runs up to its open. */
static void wait_until_asleep(pid_t pid)
{
	while (task_whereabouts(pid) != TASK_ASLEEP)
		usleep(1000);
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static char fifo[64];

/* A child that sleeps in its open of the pipe, perhaps without any capability. */
static pid_t sleep_in_open(bool trusted)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };
	pid_t pid;

	snprintf(fifo, sizeof(fifo), "/tmp/rpmsg-guard-test-%d", getpid());
	unlink(fifo);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	pid = fork();
	if (pid == 0) {
		if (!trusted && syscall(SYS_capset, &header, none) < 0)
			_exit(1);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		open(fifo, O_RDONLY | O_CLOEXEC);
		_exit(0);
	}
	wait_until_asleep(pid);
	return pid;
}

/* The path counts where the kernel shows nothing, and only of a program that is trusted. */
static void test_path_of_a_sleeper(void **state)
{
	pid_t pid = sleep_in_open(true);

	(void)state;
	assert_int_equal(may_be_inside(pid, STACK_HIDDEN), !thread_has_power(pid, CAP_SYS_ADMIN));
	/* Its node was taken away: it may well be one of ours. */
	unlink(fifo);
	assert_true(may_be_inside(pid, STACK_HIDDEN));
	assert_int_equal(symlink("/dev/null", fifo), 0);
	assert_true(may_open(pid, makedev(1, 3)));
	assert_int_equal(may_open(pid, makedev(1, 5)), !thread_has_power(pid, CAP_SYS_ADMIN));
	assert_true(may_open_major(pid, 1));
	assert_int_equal(may_open_major(pid, 5), !thread_has_power(pid, CAP_SYS_ADMIN));
	unlink(fifo);
	end_child(pid);
	assert_true(may_be_inside(pid, STACK_HIDDEN));
}

static void test_path_of_another_user(void **state)
{
	pid_t pid = sleep_in_open(false);

	(void)state;
	assert_true(may_be_inside(pid, STACK_HIDDEN));
	end_child(pid);
	unlink(fifo);
}

/* It has no open of a device on it. */
static void test_stack_of_a_sleeper(void **state)
{
	pid_t pid = sleep_in_open(false);

	(void)state;
	/* Whether this machine shows stacks, and us. */
	sleep_choose(pid, "open");
	assert_int_equal(may_be_inside(pid, STACK_TRUE), sleep_stack() == STACK_HIDDEN);
	unlink(fifo);
	assert_int_equal(may_be_inside(pid, STACK_TRUE), sleep_stack() == STACK_HIDDEN);
	end_child(pid);
	assert_true(may_be_inside(pid, STACK_TRUE));
}

/* In no open at all. */
static void test_another_call(void **state)
{
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	wait_until_asleep(pid);
	assert_false(may_be_inside(pid, STACK_HIDDEN));
	end_child(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readers_pass),
		cmocka_unit_test(test_writers_are_held),
		cmocka_unit_test(test_32_bit_programs),
		cmocka_unit_test(test_unknown_counts_as_writing),
		cmocka_unit_test(test_openat2_is_read_from_memory),
		cmocka_unit_test(test_path_of_a_sleeper),
		cmocka_unit_test(test_path_of_another_user),
		cmocka_unit_test(test_stack_of_a_sleeper),
		cmocka_unit_test(test_another_call),
	};

	if (helper_begin())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
