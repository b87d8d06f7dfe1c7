// SPDX-License-Identifier: GPL-2.0-only
/* The configuration of several files: their order, what hides a file, mistakes in a file, and files of others. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/config.h"

static char top[] = "/tmp/rpmsg-guard-drop-ins.XXXXXX";
static char main_file[64], vendor[64], admin[64];
static const struct config_places places = { main_file, vendor, admin };

static void put(const char *folder, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static struct config load_good(void)
{
	struct config config;
	char err[512] = "";

	if (config_load_from(&places, &config, err, sizeof(err)))
		fail_msg("refused: %s", err);
	return config;
}

/* Refused with a message that begins with @name of @folder and has @part. */
static void assert_bad(const char *folder, const char *name, const char *part)
{
	struct config config;
	char err[512] = "", begin[128];

	assert_true(config_load_from(&places, &config, err, sizeof(err)) < 0);
	snprintf(begin, sizeof(begin), "%s%s%s", folder, *name ? "/" : "", name);
	if (strncmp(err, begin, strlen(begin)) != 0 || !strstr(err, part))
		fail_msg("expected %s...%s..., got: %s", begin, part, err);
}

static void assert_files(const struct config *config, const char *expected)
{
	char text[1024], names[512] = "";

	for (char **f = config->files; *f; f++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
			 f == config->files ? "" : " ", *f + strlen(top) + 1);
	assert_string_equal(names, expected);
	config_files_text(config, text, sizeof(text));
	for (char **f = config->files; *f; f++)
		assert_non_null(strstr(text, *f));
}

static void nothing_there_is_defaults(void **state)
{
	struct config c;
	char text[128];

	(void)state;
	rmdir(vendor);
	c = load_good();
	assert_int_equal(c.defaults.hold_timeout_ms, 20000);
	assert_files(&c, "");
	config_files_text(&c, text, sizeof(text));
	assert_string_equal(text, "no file, every setting has its default");
	config_free(&c);
}

static void later_names_win_in_both_folders(void **state)
{
	struct config c;

	(void)state;
	put(top, "main", "hold_timeout = 30s\nclose_timeout = 1s\neject = no\n");
	put(vendor, "50-b.conf", "hold_timeout = 50s\n");
	put(admin, "10-a.conf", "hold_timeout = 10s\nclose_timeout = 2s\nbtf_path = /a\n");
	put(vendor, "90-c.conf", "btf_path = /c\n");
	c = load_good();
	assert_int_equal(c.defaults.hold_timeout_ms, 50000);
	assert_int_equal(c.defaults.close_timeout_ms, 2000);
	assert_false(c.defaults.eject);
	assert_string_equal(c.btf_path, "/c");
	assert_files(&c, "main etc/10-a.conf usr/50-b.conf usr/90-c.conf");
	config_free(&c);
}

static void drop_ins_are_read_without_a_main_file(void **state)
{
	struct config c;

	(void)state;
	put(vendor, "a.conf", "hold_timeout = 7s\n");
	c = load_good();
	assert_int_equal(c.defaults.hold_timeout_ms, 7000);
	assert_files(&c, "usr/a.conf");
	config_free(&c);
}

static void a_name_in_etc_hides_that_of_usr(void **state)
{
	char path[128];
	struct config c;

	(void)state;
	put(vendor, "a.conf", "hold_timeout = 7s\nclose_timeout = 7s\n");
	put(vendor, "b.conf", "not even a setting\n");
	put(vendor, "c.conf", "not even a setting\n");
	put(admin, "a.conf", "close_timeout = 8s\n");
	put(admin, "b.conf", "");
	snprintf(path, sizeof(path), "%s/c.conf", admin);
	assert_int_equal(symlink("/dev/null", path), 0);
	c = load_good();
	assert_int_equal(c.defaults.hold_timeout_ms, 20000);
	assert_int_equal(c.defaults.close_timeout_ms, 8000);
	assert_files(&c, "etc/a.conf etc/b.conf etc/c.conf");
	config_free(&c);
}

static void other_names_are_no_drop_ins(void **state)
{
	struct config c;

	(void)state;
	put(admin, "a.conf.dpkg-old", "x\n");
	put(admin, "a.conf~", "x\n");
	put(admin, ".a.conf", "x\n");
	put(admin, ".conf", "x\n");
	put(vendor, "README", "x\n");
	c = load_good();
	assert_files(&c, "");
	config_free(&c);
}

/* What is set for all counts for a section of an earlier file, but for what the section sets itself. */
static void sections_go_on_in_later_files(void **state)
{
	const struct rproc_config *r;
	struct config c;

	(void)state;
	put(top, "main", "hold_timeout = 30s\n[remoteproc r0]\nclose_timeout = 1s\neject = no\n");
	put(vendor, "a.conf",
	    "hold_timeout = 40s\nclose_timeout = 9s\non_timeout = proceed\nown_recovery = no\n"
	    "[remoteproc r0]\neject = yes\ntty = /dev/x\n");
	put(vendor, "b.conf", "[remoteproc r0]\ntty = /dev/y\n[remoteproc r1]\n");
	c = load_good();
	r = config_for(&c, "", "r0");
	assert_int_equal(r->hold_timeout_ms, 40000);
	assert_int_equal(r->close_timeout_ms, 1000);
	assert_int_equal(r->write_timeout_ms, 5000);
	assert_int_equal(r->on_timeout, ON_TIMEOUT_PROCEED);
	assert_true(r->eject);
	assert_false(r->own_recovery);
	assert_string_equal(r->ttys, "/dev/y");
	r = config_for(&c, "", "r1");
	assert_int_equal(r->close_timeout_ms, 9000);
	assert_null(r->ttys);
	config_free(&c);
}

static void mistakes_name_the_drop_in(void **state)
{
	(void)state;
	put(top, "main", "level = auto\n[remoteproc r0]\n");
	put(vendor, "a.conf", "level = observe\n");
	put(admin, "b.conf", "# a comment\nhold_timeuot = 3s\n");
	assert_bad(admin,
		   "b.conf:2: unknown key 'hold_timeuot', the nearest key is 'hold_timeout';",
		   "see rpmsg-guard.conf(5)");
	put(admin, "b.conf", "hold_timeout = 3s\nhold_timeout = 3s\n");
	assert_bad(admin, "b.conf:2: ", "twice");
	put(admin, "b.conf", "[remoteproc r0]\neject = no\n[remoteproc r0]\n");
	assert_bad(admin, "b.conf:3: ", "section [remoteproc r0] is in this file twice");
	put(admin, "b.conf", "tty = /dev/x\n");
	assert_bad(admin, "b.conf:1: ", "misplaced key 'tty'");
}

static void what_cannot_be_read_is_an_error(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/a.conf", admin);
	assert_int_equal(symlink("/nonexistent", path), 0);
	assert_bad(admin, "a.conf", "No such file");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_bad(admin, "a.conf", " is a folder, not a file");
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(admin), 0);
	put(top, "etc", "");
	assert_bad(admin, "", "Not a directory");
	assert_int_equal(unlink(admin), 0);
	assert_int_equal(mkdir(main_file, 0755), 0);
	assert_bad(main_file, "", " is a folder, not a file");
	assert_int_equal(rmdir(main_file), 0);
}

/* As assert_bad(), for a file or folder that is @name of top. The remedy names it. */
static void assert_unsafe(const char *name, const char *remedy)
{
	char command[128];

	snprintf(command, sizeof(command), "%s %s/%s", remedy, top, name);
	assert_bad(top, name, command);
}

static void others_must_not_own_it(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip(); /* only root gives files away */
	put(top, "main", "");
	put(vendor, "a.conf", "");
	assert_int_equal(chown(main_file, 1, 0), 0);
	assert_unsafe("main", ": chown root");
	assert_int_equal(chown(main_file, 0, 1), 0);
	assert_int_equal(chown(admin, 1, 0), 0);
	assert_unsafe("etc", ": chown root");
	assert_int_equal(chown(admin, 0, 0), 0);
	assert_int_equal(chown(vendor, 1, 0), 0);
	assert_unsafe("usr", ": chown root");
	assert_int_equal(chown(vendor, 0, 0), 0);
}

static void others_must_not_write_it(void **state)
{
	static const mode_t bad[] = { 0664, 0646, 0620, 0666 };
	struct config c;

	(void)state;
	put(top, "main", "");
	put(admin, "a.conf", "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(chmod(main_file, bad[i]), 0);
		assert_unsafe("main", ": chmod go-w");
	}
	assert_int_equal(chmod(main_file, 0600), 0);
	assert_int_equal(chmod(admin, 0775), 0);
	assert_unsafe("etc", ": chmod go-w");
	/* The owner of a sticky folder's file is safe from others, but others may add files. */
	assert_int_equal(chmod(admin, 01777), 0);
	assert_unsafe("etc", ": chmod go-w");
	assert_int_equal(chmod(admin, 0755), 0);
	c = load_good();
	config_free(&c);
}

/* What counts is the file that is read. Everybody may write to a link, by its mode. */
static void links_are_followed(void **state)
{
	char target[128], link[128];
	struct config c;

	(void)state;
	put(top, "target", "hold_timeout = 7s\n");
	snprintf(target, sizeof(target), "%s/target", top);
	snprintf(link, sizeof(link), "%s/a.conf", admin);
	assert_int_equal(symlink(target, link), 0);
	c = load_good();
	assert_int_equal(c.defaults.hold_timeout_ms, 7000);
	config_free(&c);
	assert_int_equal(chmod(target, 0666), 0);
	assert_bad(admin, "a.conf", ": chmod go-w ");
}

/* A pipe without a writer would be waited for. */
static void what_is_no_file_is_not_read(void **state)
{
	char path[128];

	(void)state;
	assert_int_equal(mkfifo(main_file, 0600), 0);
	assert_bad(main_file, "", " is a pipe or a device, not a file");
	assert_int_equal(unlink(main_file), 0);
	snprintf(path, sizeof(path), "%s/a.conf", admin);
	assert_int_equal(symlink("/dev/zero", path), 0);
	assert_bad(admin, "a.conf", " is a pipe or a device, not a file");
}

static int set_up(void **state)
{
	(void)state;
	if (mkdir(top, 0755) || mkdir(vendor, 0755) || mkdir(admin, 0755))
		return -1;
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", top);
	return system(command);
}

static int choose_names(void **state)
{
	(void)state;
	if (!mkdtemp(top) || rmdir(top))
		return -1;
	snprintf(main_file, sizeof(main_file), "%s/main", top);
	snprintf(vendor, sizeof(vendor), "%s/usr", top);
	snprintf(admin, sizeof(admin), "%s/etc", top);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_there_is_defaults, set_up, tear_down),
		cmocka_unit_test_setup_teardown(later_names_win_in_both_folders, set_up, tear_down),
		cmocka_unit_test_setup_teardown(drop_ins_are_read_without_a_main_file, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_name_in_etc_hides_that_of_usr, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_names_are_no_drop_ins, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sections_go_on_in_later_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(mistakes_name_the_drop_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_read_is_an_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(others_must_not_own_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(others_must_not_write_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(links_are_followed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_file_is_not_read, set_up, tear_down),
	};

	umask(0022);
	return cmocka_run_group_tests(tests, choose_names, NULL);
}
