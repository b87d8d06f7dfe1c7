// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "system/apart.h"

static int ends[2];

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

struct findings {
	int err;
	bool kept, others;
};

static void *go_apart(void *arg)
{
	struct findings *f = arg;

	f->err = apart_begin(ends[1]);
	f->kept = is_open(ends[1]);
	f->others = is_open(0) || is_open(ends[0]) || is_open(ends[1] + 1);
	return NULL;
}

/* What is left behind lives on in the table of the others, and only there. */
static void a_thread_apart_has_one_descriptor(void **state)
{
	struct findings f = { 0 };
	pthread_t thread;
	char byte;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(pthread_create(&thread, NULL, go_apart, &f), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(f.err, 0);
	assert_true(f.kept && !f.others);
	assert_true(is_open(ends[0]) && is_open(ends[1]));
	close(ends[1]);
	/* The thread has not kept the other end. */
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
}

static void a_command_is_written_from_the_beginning(void **state)
{
	const int fd = open("/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	char text[8] = "";

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(apart_command(fd, "recover"), 0);
	assert_int_equal(apart_command(fd, "stop"), 0);
	assert_int_equal(pread(fd, text, sizeof(text) - 1, 0), 7);
	assert_string_equal(text, "stopver");
	close(fd);
	assert_int_equal(apart_command(fd, "stop"), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_apart_has_one_descriptor),
		cmocka_unit_test(a_command_is_written_from_the_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
