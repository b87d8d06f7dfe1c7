// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "log/log.h"
#include "system/files.h"
#include "timeline/names.h"
#include "timeline/store.h"

#define FLUSH_MS 10000

static char root[64], dir[80], pmsg[80];

static struct store *open_store(size_t max, uint64_t size)
{
	const struct store_settings settings = {
		.dir = dir, .pmsg = pmsg, .max = max, .size = size
	};
	struct store *s = store_open(&settings);

	assert_non_null(s);
	return s;
}

static struct store_file *begin(struct store *s)
{
	struct timespec now;
	struct store_file *f;

	clock_gettime(CLOCK_REALTIME, &now);
	f = store_begin(s, "remoteproc0", &now);
	assert_non_null(f);
	return f;
}

static void path_of(const char *id, char *path, size_t len)
{
	snprintf(path, len, "%s/%s" EPISODE_SUFFIX, dir, id);
}

static void assert_content(const char *path, const char *expected)
{
	char text[4096] = "";
	FILE *file = fopen(path, "r");
	size_t n;

	if (!file)
		fail_msg("%s is not there", path);
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	fclose(file);
	assert_string_equal(text, expected);
}

static size_t count_files(void)
{
	const struct dirent *entry;
	DIR *d = opendir(dir);
	size_t n = 0;

	assert_non_null(d);
	while ((entry = readdir(d)))
		n += entry->d_name[0] != '.';
	closedir(d);
	return n;
}

static bool add(struct store_file *f, const char *line)
{
	return store_add(f, strdup(line), STORE_LINE);
}

/* One that has @bytes bytes and is over, on the disk when the store is closed. */
static void write_one(struct store *s, size_t bytes, char *id)
{
	struct store_file *f = begin(s);
	char *line = calloc(1, bytes + 1);

	assert_non_null(line);
	memset(line, 'x', bytes - 1);
	line[bytes - 1] = '\n';
	snprintf(id, EPISODE_ID_MAX, "%s", store_id(f));
	assert_true(store_add(f, line, STORE_LINE));
	store_flush(f, FLUSH_MS);
	store_end(f, "stopped", clock_ns(), NULL, NULL);
}

static void what_was_flushed_is_there(void **state)
{
	struct store *s = open_store(5, 1 << 20);
	struct store_file *f = begin(s);
	char path[200];
	struct stat st;

	(void)state;
	path_of(store_id(f), path, sizeof(path));
	assert_true(add(f, "{\"a\":1}\n"));
	assert_true(add(f, "{\"b\":2}\n"));
	store_flush(f, FLUSH_MS);
	assert_content(path, "{\"a\":1}\n{\"b\":2}\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(add(f, "{\"c\":3}\n"));
	store_end(f, "stopped", clock_ns(), NULL, NULL);
	store_close(s);
	assert_content(path, "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
}

static void make_lines(struct store_file *f, void *arg)
{
	assert_true(add(f, arg));
}

static void jobs_keep_their_place(void **state)
{
	struct store *s = open_store(5, 1 << 20);
	struct store_file *f = begin(s);
	char path[200];

	(void)state;
	path_of(store_id(f), path, sizeof(path));
	add(f, "1\n");
	assert_true(store_later(f, make_lines, "2\n"));
	store_flush(f, FLUSH_MS);
	/* What a job adds comes after what was there before it was called. */
	store_flush(f, FLUSH_MS);
	assert_content(path, "1\n2\n");
	add(f, "3\n");
	store_end(f, "stopped", clock_ns(), make_lines, "4\n");
	store_close(s);
	assert_content(path, "1\n2\n3\n4\n");
}

static void the_oldest_give_way(void **state)
{
	struct store *s = open_store(3, 1 << 20);
	char ids[5][EPISODE_ID_MAX], path[200];
	struct store_entry list[5];

	(void)state;
	for (size_t i = 0; i < 5; i++)
		write_one(s, 10, ids[i]);
	store_close(s);
	assert_int_equal(count_files(), 3);
	for (size_t i = 0; i < 5; i++) {
		path_of(ids[i], path, sizeof(path));
		assert_int_equal(access(path, F_OK), i < 2 ? -1 : 0);
	}
	s = open_store(3, 1 << 20);
	assert_int_equal(store_list(s, list, 5), 3);
	assert_string_equal(list[0].id, ids[4]);
	assert_string_equal(list[2].id, ids[2]);
	store_close(s);
}

static void all_together_have_a_size(void **state)
{
	struct store *s = open_store(100, 100000);
	char ids[4][EPISODE_ID_MAX];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		write_one(s, 40000, ids[i]);
	store_close(s);
	assert_int_equal(count_files(), 2);
}

/* Not even the oldest one, when it is still being written. */
static void one_that_is_written_stays(void **state)
{
	struct store *s = open_store(2, 1 << 20);
	struct store_file *f = begin(s);
	char path[200], id[EPISODE_ID_MAX];

	(void)state;
	path_of(store_id(f), path, sizeof(path));
	add(f, "1\n");
	store_flush(f, FLUSH_MS);
	for (size_t i = 0; i < 4; i++)
		write_one(s, 10, id);
	add(f, "2\n");
	store_end(f, "stopped", clock_ns(), NULL, NULL);
	store_close(s);
	assert_content(path, "1\n2\n");
	assert_int_equal(count_files(), 2);
}

static void make_file(const char *name, const char *text)
{
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void what_is_there_is_known(void **state)
{
	struct store_entry list[8];
	struct store_file *f;
	struct store *s;
	char path[80];

	(void)state;
	snprintf(path, sizeof(path), "%s/lib", root);
	mkdir(path, 0755);
	mkdir(dir, 0755);
	make_file("20260101T000000Z-remoteproc0-9.jsonl",
		  "{\"record\":\"episode\"}\n{\"record\":\"end\",\"result\":\"refused\"}\n");
	make_file("20260101T000000Z-remoteproc0-10.jsonl", "{\"record\":\"episode\"}\n{\"rec");
	make_file("20251231T235959Z-remoteproc1-11.jsonl",
		  "{\"record\":\"end\",\"result\":\"stopped\"}\n");
	/* Of somebody else. */
	make_file("notes.txt", "x");
	make_file("2026-remoteproc0-99.jsonl", "x");
	s = open_store(3, 1 << 20);
	assert_int_equal(store_list(s, list, 8), 3);
	assert_string_equal(list[0].id, "20260101T000000Z-remoteproc0-10");
	assert_string_equal(list[0].result, "");
	assert_string_equal(list[1].result, "refused");
	assert_string_equal(list[2].id, "20251231T235959Z-remoteproc1-11");
	f = begin(s);
	/* Above all that were there, so that no name comes twice. */
	assert_string_equal(strrchr(store_id(f), '-'), "-12");
	add(f, "1\n");
	store_end(f, "stopped", clock_ns(), NULL, NULL);
	store_close(s);
	assert_int_equal(count_files(), 5);
}

static void copies_survive_in_memory(void **state)
{
	struct store *s;
	struct store_file *f;
	char expected[256];

	(void)state;
	close(open(pmsg, O_CREAT | O_WRONLY, 0600));
	s = open_store(3, 1 << 20);
	f = begin(s);
	add(f, "{\"a\":1}\n");
	assert_true(store_add(f, strdup("{\"many\":1}\n"), STORE_SEND));
	snprintf(expected, sizeof(expected), "rpmsg-guard %s {\"a\":1}\n", store_id(f));
	store_flush(f, FLUSH_MS);
	assert_content(pmsg, expected);
	store_end(f, "stopped", clock_ns(), NULL, NULL);
	store_close(s);
}

/* Nothing waits, nothing breaks, and the copies are made all the same. */
static void without_a_disk_it_goes_on(void **state)
{
	struct store *s;
	struct store_file *f;
	char expected[256], path[80];

	(void)state;
	/* A file where the folder should be: root is not stopped by permissions. */
	snprintf(path, sizeof(path), "%s/lib", root);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	close(open(pmsg, O_CREAT | O_WRONLY, 0600));
	s = open_store(3, 1 << 20);
	f = begin(s);
	assert_true(add(f, "{\"a\":1}\n"));
	store_flush(f, FLUSH_MS);
	assert_true(add(f, "{\"b\":1}\n"));
	snprintf(expected, sizeof(expected), "rpmsg-guard %s {\"a\":1}\nrpmsg-guard %s {\"b\":1}\n",
		 store_id(f), store_id(f));
	store_end(f, "stopped", clock_ns(), NULL, NULL);
	store_close(s);
	assert_content(pmsg, expected);
}

static atomic_bool stuck;

static void be_stuck(struct store_file *f, void *arg)
{
	(void)f;
	(void)arg;
	while (atomic_load(&stuck))
		pause_ms(1);
}

static void nobody_waits_for_a_slow_disk(void **state)
{
	struct store *s = open_store(3, 1 << 20);
	struct store_file *f = begin(s);
	char line[1025] = "";
	uint64_t before;
	size_t taken = 0;

	(void)state;
	atomic_store(&stuck, true);
	assert_true(store_later(f, be_stuck, NULL));
	before = clock_ms();
	store_flush(f, 20);
	assert_in_range(clock_ms() - before, 20, 5000);
	/* Memory has an end as well. */
	memset(line, 'x', sizeof(line) - 2);
	line[sizeof(line) - 2] = '\n';
	while (taken < 2000 && add(f, line))
		taken++;
	assert_int_equal(taken, 1024);
	atomic_store(&stuck, false);
	store_end(f, "stopped", clock_ns(), NULL, NULL);
	store_close(s);
}

/* The sends of one episode leave room for what happened in it. */
static void sends_leave_room(void **state)
{
	struct store *s = open_store(3, 64 << 10);
	struct store_file *f = begin(s);
	char *line;
	size_t n = 0;

	(void)state;
	do {
		line = calloc(1, 1025);
		assert_non_null(line);
		memset(line, 's', 1023);
		line[1023] = '\n';
		n++;
	} while (store_add(f, line, STORE_SEND));
	assert_int_equal(n, 33);
	assert_true(add(f, "{\"record\":\"end\"}\n"));
	store_end(f, "stopped", clock_ns(), NULL, NULL);
	store_close(s);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/test_store.XXXXXX");
	assert_non_null(mkdtemp(root));
	/* Two levels, to be made. */
	snprintf(dir, sizeof(dir), "%s/lib/episodes", root);
	snprintf(pmsg, sizeof(pmsg), "%s/pmsg", root);
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_was_flushed_is_there),    TEST(jobs_keep_their_place),
		TEST(the_oldest_give_way),	    TEST(all_together_have_a_size),
		TEST(one_that_is_written_stays),    TEST(what_is_there_is_known),
		TEST(copies_survive_in_memory),	    TEST(without_a_disk_it_goes_on),
		TEST(nobody_waits_for_a_slow_disk), TEST(sends_leave_room),
	};

	log_init(LVL_ERROR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
