// SPDX-License-Identifier: GPL-2.0-only
/* A file that the service keeps: in a folder where somebody else may write, and gone at the end. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "service/kept_file.h"
#include "system/files.h"

static char folder[] = "/tmp/rpmsg-guard-kept-XXXXXX";
static char path[64], temporary[72], victim[64];

/* In the place of the C library's: a disk that does not answer a removal, until the test lets it. */
static pthread_mutex_t disk = PTHREAD_MUTEX_INITIALIZER;
static int removals; /* that have begun */

int unlink(const char *file)
{
	int result;

	__atomic_fetch_add(&removals, 1, __ATOMIC_SEQ_CST);
	pthread_mutex_lock(&disk);
	result = unlinkat(AT_FDCWD, file, 0);
	pthread_mutex_unlock(&disk);
	return result;
}

static void wait_for_removal(int number)
{
	for (int i = 0; i < 3000 && __atomic_load_n(&removals, __ATOMIC_SEQ_CST) < number; i++)
		pause_ms(10);
	assert_int_equal(__atomic_load_n(&removals, __ATOMIC_SEQ_CST), number);
}

static int begin(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/file.prom", folder);
	snprintf(temporary, sizeof(temporary), "%s.new", path);
	snprintf(victim, sizeof(victim), "%s/victim", folder);
	return 0;
}

static int end(void **state)
{
	(void)state;
	unlink(victim);
	return rmdir(folder);
}

static bool has(const char *file, const char *text)
{
	char line[64];

	return file_read_line(file, line, sizeof(line)) >= 0 && strcmp(line, text) == 0;
}

static void wait_until_it_has(const char *text)
{
	for (int i = 0; i < 3000 && !has(path, text); i++)
		pause_ms(10);
	assert_true(has(path, text));
}

static void the_newest_is_written_and_removed_at_the_end(void **state)
{
	/* Its thread may still use it when the test is over: it is never freed, and not lost either. */
	static struct kept_file *f;
	struct stat st;

	(void)state;
	f = kept_file_begin(path, 0, false);
	assert_non_null(f);
	kept_file_put(f, "one\n");
	wait_until_it_has("one");
	kept_file_put(f, "two\n");
	kept_file_put(f, "three\n");
	wait_until_it_has("three");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	kept_file_end(f);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access(temporary, F_OK), -1);
}

/* With a pause of hours it is the end that ends it, and what was put meanwhile is never written. */
static void nothing_is_written_in_a_pause(void **state)
{
	static struct kept_file *f;

	(void)state;
	f = kept_file_begin(path, 3600 * 1000, false);
	kept_file_put(f, "first\n");
	wait_until_it_has("first");
	for (int i = 0; i < 20; i++) {
		kept_file_put(f, "second\n");
		pause_ms(5);
	}
	assert_true(has(path, "first"));
	kept_file_end(f);
	assert_int_equal(access(path, F_OK), -1);
}

static void wait_until_gone(void)
{
	for (int i = 0; i < 3000 && access(path, F_OK) == 0; i++)
		pause_ms(10);
	assert_int_equal(access(path, F_OK), -1);
}

/* Neither the beginning nor the end of the service waits for the disk for longer than a second. */
static void a_removal_that_hangs_holds_up_nobody(void **state)
{
	static struct kept_file *f;

	(void)state;
	assert_int_equal(file_replace(path, "of a dead instance\n"), 0);
	__atomic_store_n(&removals, 0, __ATOMIC_SEQ_CST);
	pthread_mutex_lock(&disk);
	f = kept_file_begin(path, 0, true);
	wait_for_removal(1);
	kept_file_put(f, "new\n");
	assert_true(has(path, "of a dead instance"));
	kept_file_end(f);
	pthread_mutex_unlock(&disk);
	wait_until_gone();
	wait_for_removal(2);
}

static void what_is_left_is_removed_if_so_wanted(void **state)
{
	static struct kept_file *removing, *keeping;

	(void)state;
	assert_int_equal(file_replace(path, "old\n"), 0);
	keeping = kept_file_begin(path, 0, false);
	kept_file_put(keeping, "new\n");
	wait_until_it_has("new");
	assert_int_equal(file_replace(path, "old\n"), 0);
	removing = kept_file_begin(path, 0, true);
	wait_until_gone();
	kept_file_end(removing);
	kept_file_end(keeping);
}

static void what_others_put_there_is_neither_followed_nor_opened(void **state)
{
	(void)state;
	assert_int_equal(file_replace(victim, "precious\n"), 0);
	assert_int_equal(symlink(victim, path), 0);
	assert_int_equal(symlink(victim, temporary), 0);
	assert_int_equal(file_replace(path, "text\n"), 0);
	assert_true(has(path, "text"));
	assert_true(has(victim, "precious"));
	/* A hard link is no link that anybody could not follow. */
	assert_int_equal(link(victim, temporary), 0);
	assert_int_equal(file_replace(path, "more text\n"), 0);
	assert_true(has(victim, "precious"));
	/* A pipe without a reader would be waited for. */
	assert_int_equal(mkfifo(temporary, 0666), 0);
	assert_int_equal(file_replace(path, "and more\n"), 0);
	assert_true(has(path, "and more"));
	assert_int_equal(unlink(path), 0);
}

static void no_file_is_no_reason_to_fail(void **state)
{
	(void)state;
	kept_file_put(NULL, "text");
	kept_file_end(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_is_written_and_removed_at_the_end),
		cmocka_unit_test(nothing_is_written_in_a_pause),
		cmocka_unit_test(a_removal_that_hangs_holds_up_nobody),
		cmocka_unit_test(what_is_left_is_removed_if_so_wanted),
		cmocka_unit_test(what_others_put_there_is_neither_followed_nor_opened),
		cmocka_unit_test(no_file_is_no_reason_to_fail),
	};

	umask(0022);
	return cmocka_run_group_tests(tests, begin, end);
}
