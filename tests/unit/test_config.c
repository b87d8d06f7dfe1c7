// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/config.h"
#include "config/keys.h"

static char path[64];

static int load(const char *text, struct config *config, char *err, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return config_load(path, config, err, len);
}

static struct config load_good(const char *text)
{
	struct config config;
	char err[512] = "";

	if (load(text, &config, err, sizeof(err)))
		fail_msg("refused: %s", err);
	return config;
}

/* Refused with a message that begins with the file and @line and contains @part and @hint. */
static void assert_refused(const char *text, int line, const char *part, const char *hint)
{
	struct config config;
	char err[512] = "", place[80];

	assert_int_equal(load(text, &config, err, sizeof(err)), -EINVAL);
	snprintf(place, sizeof(place), "%s:%d: ", path, line);
	if (strncmp(err, place, strlen(place)) != 0 || !strstr(err, part) || !strstr(err, hint) ||
	    strchr(err, '\n'))
		fail_msg("expected %s...%s...%s..., got: %s", place, part, hint, err);
}

static void assert_bad(const char *text, int line, const char *part)
{
	assert_refused(text, line, part, "; allowed: ");
}

static void assert_defaults(const struct config *c)
{
	assert_int_equal(c->defaults.hold_timeout_ms, 20000);
	assert_int_equal(c->defaults.close_timeout_ms, 5000);
	assert_int_equal(c->defaults.write_timeout_ms, 5000);
	assert_int_equal(c->defaults.on_timeout, ON_TIMEOUT_REFUSE);
	assert_int_equal(c->defaults.on_open_descriptor, OOD_REFUSE);
	assert_true(c->defaults.eject);
	assert_true(c->defaults.own_recovery);
	assert_null(c->defaults.ttys);
	assert_int_equal(c->want_level, LEVEL_AUTO);
	assert_int_equal(c->refused_errno, ESHUTDOWN);
	assert_int_equal(c->dead_send, DEAD_DROP);
	assert_null(c->btf_path);
	assert_null(c->episodes_dir);
	assert_null(c->metrics_file);
	assert_int_equal(c->episodes_max, 50);
	assert_int_equal(c->episodes_size, 8 << 20);
	assert_null(c->sections);
}

static void empty_file_is_defaults(void **state)
{
	struct config c = load_good("");

	(void)state;
	assert_defaults(&c);
	config_free(&c);
}

/* The tests run in the top folder of the checkout. Read as a copy: the checkout may be of another user. */
static void shipped_file_is_defaults(void **state)
{
	FILE *f = fopen("packaging/rpmsg-guard.conf", "r");
	char text[16384];
	struct config c;
	size_t n;

	(void)state;
	assert_non_null(f);
	n = fread(text, 1, sizeof(text), f);
	fclose(f);
	assert_in_range(n, 1, sizeof(text) - 1);
	text[n] = '\0';
	c = load_good(text);
	assert_defaults(&c);
	config_free(&c);
}

static bool mentions(const char *file, const char *key)
{
	char line[256];
	FILE *f = fopen(file, "r");
	bool found = false;
	const size_t n = strlen(key);

	assert_non_null(f);
	while (!found && fgets(line, sizeof(line), f)) {
		const char *p = line + (line[0] == '#');

		found = strncmp(p, key, n) == 0 && strncmp(p + n, " = ", 3) == 0;
	}
	fclose(f);
	return found;
}

static void shipped_file_documents_every_key(void **state)
{
	const struct config_key *key;

	(void)state;
	assert_non_null(config_key_at(0));
	for (size_t i = 0; (key = config_key_at(i)); i++)
		if (!mentions("packaging/rpmsg-guard.conf", key->name))
			fail_msg("%s is not documented", key->name);
}

static void absent_file_named_is_an_error(void **state)
{
	struct config c;
	char err[512] = "";

	(void)state;
	assert_int_equal(config_load("/nonexistent/x.conf", &c, err, sizeof(err)), -ENOENT);
	assert_non_null(strstr(err, "/nonexistent/x.conf: "));
}

static void every_key_is_read(void **state)
{
	struct config c = load_good("level = observe\n"
				    "btf_path = /x/vmlinux\n"
				    "refused_errno = EPIPE\n"
				    "episodes_dir = /data/episodes\n"
				    "metrics_file = /data/metrics/rpmsg_guard.prom\n"
				    "episodes_max = 7\n"
				    "episodes_size = 512KiB\n"
				    "dead_send = fail\n"
				    "hold_timeout = 1min\n"
				    "close_timeout = 500ms\n"
				    "write_timeout=3 s ; with a comment\n"
				    "  on_timeout = proceed\n"
				    "on_open_descriptor = kill\n"
				    "eject: no\n"
				    "own_recovery = no\n");

	(void)state;
	assert_int_equal(c.want_level, LEVEL_OBSERVE);
	assert_false(c.defaults.eject);
	assert_string_equal(c.btf_path, "/x/vmlinux");
	assert_int_equal(c.refused_errno, EPIPE);
	assert_string_equal(c.episodes_dir, "/data/episodes");
	assert_string_equal(c.metrics_file, "/data/metrics/rpmsg_guard.prom");
	assert_int_equal(c.episodes_max, 7);
	assert_int_equal(c.episodes_size, 512 << 10);
	assert_int_equal(c.dead_send, DEAD_FAIL);
	assert_int_equal(c.defaults.hold_timeout_ms, 60000);
	assert_int_equal(c.defaults.close_timeout_ms, 500);
	assert_int_equal(c.defaults.write_timeout_ms, 3000);
	assert_int_equal(c.defaults.on_timeout, ON_TIMEOUT_PROCEED);
	assert_int_equal(c.defaults.on_open_descriptor, OOD_KILL);
	assert_false(c.defaults.own_recovery);
	config_free(&c);
}

static void names_and_levels_match(void **state)
{
	struct config c;
	char text[64];

	(void)state;
	for (int i = LEVEL_MANUAL; i <= LEVEL_AUTO; i++) {
		snprintf(text, sizeof(text), "level = %s\n", level_name((enum level)i));
		c = load_good(text);
		assert_int_equal(c.want_level, i);
		config_free(&c);
	}
	assert_bad("level = Override\n", 1, "level = Override");
	assert_bad("level =\n", 1, "level = ");
}

/* What loading @text writes to stderr. */
static void load_and_listen(const char *text, struct config *config, char *said, size_t len)
{
	const int saved = dup(STDERR_FILENO);
	int fds[2];
	ssize_t n;

	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	*config = load_good(text);
	dup2(saved, STDERR_FILENO);
	close(saved);
	n = read(fds[0], said, len - 1);
	close(fds[0]);
	assert_true(n >= 0);
	said[n] = '\0';
}

/* A device in the field keeps its file when the program is replaced. */
static void keys_of_former_versions_cost_a_warning(void **state)
{
	char said[1024], expected[512];
	struct config c;

	(void)state;
	load_and_listen("load_allow_list = no\n"
			"event_buffer = 64KiB\n"
			"kill_grace = 2 hours\n"
			"[remoteproc remoteproc0]\n"
			"kill_grace = 3s\n"
			"hold_timeout = 7s\n",
			&c, said, sizeof(said));
	snprintf(expected, sizeof(expected),
		 "%s:1: load_allow_list has no effect any more and can be deleted\n"
		 "%s:2: event_buffer has no effect any more and can be deleted\n"
		 "%s:3: kill_grace has no effect any more and can be deleted\n"
		 "%s:5: kill_grace has no effect any more and can be deleted\n",
		 path, path, path, path);
	assert_string_equal(said, expected);
	assert_int_equal(config_for(&c, "x", "remoteproc0")->hold_timeout_ms, 7000);
	config_free(&c);
	load_and_listen("hold_timeout = 7s\n", &c, said, sizeof(said));
	assert_string_equal(said, "");
	config_free(&c);
}

static void sections_override_the_settings_for_all(void **state)
{
	struct config c = load_good("hold_timeout = 30s\n"
				    "[remoteproc imx-rproc]\n"
				    "close_timeout = 1s\n"
				    "tty = /dev/ttyRPMSG30 /dev/ttyRPMSG31\n"
				    "[remoteproc remoteproc1]\n"
				    "hold_timeout = 40s\n");
	const struct rproc_config *r;

	(void)state;
	r = config_for(&c, "imx-rproc", "remoteproc0");
	assert_int_equal(r->hold_timeout_ms, 30000);
	assert_int_equal(r->close_timeout_ms, 1000);
	assert_string_equal(r->ttys, "/dev/ttyRPMSG30 /dev/ttyRPMSG31");
	/* Two of the same driver: the name in sysfs tells them apart. */
	r = config_for(&c, "imx-rproc", "remoteproc1");
	assert_int_equal(r->hold_timeout_ms, 40000);
	assert_null(r->ttys);
	r = config_for(&c, "other", "remoteproc2");
	assert_ptr_equal(r, &c.defaults);
	config_free(&c);
}

static void long_names_of_remote_processors_are_kept(void **state)
{
	const char *name = "a-remote-processor-with-a-name-that-has-more-than-fifty-bytes";
	char text[128];
	struct config c;

	(void)state;
	snprintf(text, sizeof(text), "[remoteproc %s]\nhold_timeout = 3s\n", name);
	c = load_good(text);
	assert_int_equal(config_for(&c, name, "remoteproc0")->hold_timeout_ms, 3000);
	config_free(&c);
}

static void mistakes_name_their_line(void **state)
{
	char text[512];

	(void)state;
	assert_bad("level = auto\n\nlevel = auto\n", 3, "level is set twice");
	assert_bad("level = lsm\n", 1, "level = lsm");
	assert_bad("hold_timeout = 20\n", 1, "1s to 10min");
	assert_bad("hold_timeout = 999ms\n", 1, "hold_timeout = 999ms");
	assert_bad("hold_timeout = 11min\n", 1, "hold_timeout = 11min");
	assert_bad("refused_errno = 5\n", 1, "ESHUTDOWN, EPIPE");
	assert_bad("eject = true\n", 1, "yes, no");
	assert_bad("btf_path = vmlinux\n", 1, "absolute path");
	assert_bad("episodes_dir = episodes\n", 1, "absolute path");
	assert_bad("metrics_file = rpmsg_guard.prom\n", 1, "absolute path");
	assert_bad("episodes_max = 10001\n", 1, "0 to 10000");
	assert_bad("episodes_max = 5s\n", 1, "0 to 10000");
	assert_bad("episodes_size = 8\n", 1, "64KiB to 1024MiB");
	assert_bad("episodes_size = 63KiB\n", 1, "64KiB to 1024MiB");
	assert_bad("episodes_size = 1025MiB\n", 1, "64KiB to 1024MiB");
	assert_bad("just words\n", 1, "not a setting");
	assert_bad("tty = /dev/x\n", 1, "misplaced key 'tty' outside");
	assert_bad("[remoteproc x]\nlevel = auto\n", 2, "misplaced key 'level' in");
	assert_bad("[remoteproc x]\ntty = ttyRPMSG0\n", 2, "tty = ttyRPMSG0");
	assert_refused("[remoteproc x]\n[remoteproc x]\n", 2, "twice", "only one is allowed");
	assert_bad("[general]\n", 1, "unknown section [general]");
	assert_bad("[remoteproc]\n", 1, "unknown section [remoteproc]");
	assert_bad("[remoteproc x\n", 1, "not closed");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_bad(text, 1, "line too long");
}

/* Without a list of all keys, in which the right one is not found. */
static void unknown_keys_name_the_nearest(void **state)
{
	static const struct {
		const char *text, *meant;
	} cases[] = {
		{ "hold_timeuot", ", the nearest key is 'hold_timeout';" },
		{ "timeout", ", the nearest key is 'on_timeout';" },
		{ "Level", ", the nearest key is 'level';" },
		{ "episode_max", ", the nearest key is 'episodes_max';" },
		{ "on-open-descriptor", ", the nearest key is 'on_open_descriptor';" },
		{ "ttys", ", the nearest key is 'tty';" },
		{ "xy", "unknown key 'xy'; " },
		{ "a_key_of_another_program_with_a_long_name", "_long_name'; " },
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "\n%s = 3s\n", cases[i].text);
		assert_refused(text, 2, cases[i].meant, "; see rpmsg-guard.conf(5) for all keys");
	}
}

static void a_folder_is_no_file(void **state)
{
	struct config c;
	char err[512] = "";

	(void)state;
	assert_int_equal(config_load("/tmp", &c, err, sizeof(err)), -EISDIR);
	assert_string_equal(err, "/tmp is a folder, not a file");
}

static void first_mistake_is_reported(void **state)
{
	(void)state;
	assert_bad("level = 1\nlevel = 2\nfoo = 3\n", 1, "level = 1");
}

static void nothing_is_left_after_a_mistake(void **state)
{
	(void)state; /* the leak sanitizer is the judge */
	assert_bad("btf_path = /x\n[remoteproc a]\ntty = /dev/a\n[remoteproc b]\ntty = b\n", 5,
		   "tty");
}

static void durations(void **state)
{
	static const char *const bad[] = { "",	       "20",  "s",	    "-1s",
					   "1.5s",     "1h",  "20 seconds", "99999999999999999999s",
					   "71583min", " 1s", "0x10s" };
	unsigned int ms = 0;

	(void)state;
	assert_true(config_duration("500ms", &ms));
	assert_int_equal(ms, 500);
	assert_true(config_duration("20s", &ms));
	assert_int_equal(ms, 20000);
	assert_true(config_duration("1 min", &ms));
	assert_int_equal(ms, 60000);
	assert_true(config_duration("0s", &ms));
	assert_int_equal(ms, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (config_duration(bad[i], &ms))
			fail_msg("'%s' was taken for %u ms", bad[i], ms);
}

static int make_path(void **state)
{
	int fd;

	(void)state;
	strcpy(path, "/tmp/rpmsg-guard-test.XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_file_is_defaults),
		cmocka_unit_test(shipped_file_is_defaults),
		cmocka_unit_test(shipped_file_documents_every_key),
		cmocka_unit_test(absent_file_named_is_an_error),
		cmocka_unit_test(every_key_is_read),
		cmocka_unit_test(names_and_levels_match),
		cmocka_unit_test(keys_of_former_versions_cost_a_warning),
		cmocka_unit_test(sections_override_the_settings_for_all),
		cmocka_unit_test(long_names_of_remote_processors_are_kept),
		cmocka_unit_test(mistakes_name_their_line),
		cmocka_unit_test(unknown_keys_name_the_nearest),
		cmocka_unit_test(a_folder_is_no_file),
		cmocka_unit_test(first_mistake_is_reported),
		cmocka_unit_test(nothing_is_left_after_a_mistake),
		cmocka_unit_test(durations),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
