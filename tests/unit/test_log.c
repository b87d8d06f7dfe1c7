// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "log/log.h"

/* What @lvl and @text come to on stderr. */
static size_t logged(enum log_lvl lvl, const char *text, char *buf, size_t len)
{
	const int saved = dup(STDERR_FILENO);
	int fds[2];
	ssize_t n;

	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	log_msg(lvl, "%s", text);
	dup2(saved, STDERR_FILENO);
	close(saved);
	n = read(fds[0], buf, len - 1);
	close(fds[0]);
	assert_true(n >= 0);
	buf[n] = '\0';
	return (size_t)n;
}

static void lines_are_single_and_end(void **state)
{
	char line[4096], huge[8000];
	size_t n;

	(void)state;
	log_init(LVL_NOTICE, false);
	logged(LVL_NOTICE, "one\ntwo", line, sizeof(line));
	assert_string_equal(line, "one\\x0atwo\n");
	memset(huge, '\n', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	n = logged(LVL_NOTICE, huge, line, sizeof(line));
	assert_int_equal(line[n - 1], '\n');
	assert_int_equal(strlen(line), n);
}

static void levels_are_filtered_and_prefixed(void **state)
{
	char line[64];

	(void)state;
	log_init(LVL_WARNING, false);
	assert_int_equal(logged(LVL_NOTICE, "no", line, sizeof(line)), 0);
	assert_true(logged(LVL_WARNING, "yes", line, sizeof(line)) > 0);
	log_init(LVL_DEBUG, true);
	logged(LVL_ERROR, "text", line, sizeof(line));
	assert_string_equal(line, "<3>text\n");
}

static void journal_is_told_by_the_descriptor(void **state)
{
	(void)state;
	unsetenv("JOURNAL_STREAM");
	assert_false(log_to_journal());
	setenv("JOURNAL_STREAM", "0:0", 1);
	assert_false(log_to_journal());
	setenv("JOURNAL_STREAM", "nonsense", 1);
	assert_false(log_to_journal());
	unsetenv("JOURNAL_STREAM");
}

/*
 * A reader that takes nothing keeps nobody waiting; when it reads again it is told how many lines it
 * has missed, once, and what comes after that.
 */
static void a_stuck_reader_costs_lines_and_nothing_else(void **state)
{
	const int saved = dup(STDERR_FILENO);
	static char text[1 << 20];
	size_t n = 0;
	ssize_t got;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	/* It takes less than the queue, which so is not empty, and tells of nothing, before all lines are in. */
	assert_true(fcntl(fds[1], F_SETPIPE_SZ, 4096) >= 0);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	log_init(LVL_NOTICE, false);
	log_queue_begin();
	/* More than the pipe and the queue together hold. */
	for (int i = 0; i < 20000; i++)
		log_notice("line %d", i);
	assert_true(log_queue_dropped() > 0);
	while (!strstr(text, "messages were dropped") && n < sizeof(text) - 1 &&
	       (got = read(fds[0], text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	log_notice("after");
	log_queue_end(1000);
	dup2(saved, STDERR_FILENO);
	close(saved);
	while (n < sizeof(text) - 1 && (got = read(fds[0], text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	close(fds[0]);
	assert_memory_equal(text, "line 0\n", 7);
	assert_non_null(strstr(text, "messages were dropped"));
	assert_string_equal(text + n - 6, "after\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_single_and_end),
		cmocka_unit_test(levels_are_filtered_and_prefixed),
		cmocka_unit_test(journal_is_told_by_the_descriptor),
		cmocka_unit_test(a_stuck_reader_costs_lines_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
