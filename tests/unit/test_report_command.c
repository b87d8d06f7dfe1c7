// SPDX-License-Identifier: GPL-2.0-only
/*
 * "rpmsg-guard report" as it is called: what it takes, where it looks, what it says when it cannot.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <argp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands/commands.h"

#define DATA "tests/data/episodes/"
#define ARGS_MAX 8

static char folder[] = "/tmp/rpmsg-guard-report-XXXXXX";
static char out_path[64], err_path[64];
static char out[1 << 20], err[1 << 16];

static void slurp(const char *path, char *buf, size_t len)
{
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	buf[fread(buf, 1, len - 1, f)] = '\0';
	fclose(f);
}

static void redirect(const char *path, int fd)
{
	const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (file < 0 || dup2(file, fd) < 0)
		_exit(99);
	close(file);
}

/* Runs it with the arguments, up to NULL, and returns its exit status. */
static int run_with(const char *const *args)
{
	char *argv[ARGS_MAX + 1] = { (char *)"rpmsg-guard report" };
	int argc = 1, status;
	pid_t pid;

	for (; args[argc - 1] && argc < ARGS_MAX; argc++)
		argv[argc] = (char *)args[argc - 1];
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		redirect(out_path, STDOUT_FILENO);
		redirect(err_path, STDERR_FILENO);
		argp_err_exit_status = EXIT_STATUS_USAGE;
		exit(cmd_report(argc, argv));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	slurp(out_path, out, sizeof(out));
	slurp(err_path, err, sizeof(err));
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#define run(...) run_with((const char *const[]){ __VA_ARGS__, NULL })

static void assert_said(const char *words)
{
	if (!strstr(err, words))
		fail_msg("no '%s' in '%s'", words, err);
	assert_string_equal(out, "");
}

/* One line, so that a log of it stays readable. */
static void assert_one_message(void)
{
	assert_ptr_equal(strchr(err, '\n'), err + strlen(err) - 1);
}

static void bad_usage(void **state)
{
	(void)state;
	assert_int_equal(run("--html", "--json", DATA "live-stop.jsonl"), 2);
	assert_said("give only one of --json, --html and --perfetto");
	assert_int_equal(run("a", "b"), 2);
	assert_said("unexpected argument 'b'");
	assert_int_equal(run("--list", "--html"), 2);
	assert_said("--list prints to standard output, as text or with --json");
	assert_int_equal(run("--list", "--json", "--pstore"), 2);
	assert_said("--list --pstore prints only text");
	assert_int_equal(run("--list", "a"), 2);
	assert_said("--list takes no FILE");
	assert_int_equal(run("--fancy"), 2);
	assert_said("unrecognized option");
	assert_int_equal(run("--output"), 2);
	assert_said("requires an argument");
}

static void bad_input(void **state)
{
	(void)state;
	assert_int_equal(run("no-such-episode", "--directory", folder), 2);
	assert_said("there is no file 'no-such-episode' and no episode with this name in /tmp/");
	assert_one_message();
	assert_int_equal(run("/no/such/file"), 2);
	assert_said("/no/such/file: No such file or directory");
	assert_one_message();
	assert_int_equal(run("tests"), 2);
	assert_said("tests: Is a directory");
	assert_int_equal(run("tests/unit/test_report.c"), 2);
	assert_said("tests/unit/test_report.c: not an episode: line 1: not a JSON object");
	assert_one_message();
	assert_int_equal(run("/dev/null"), 2);
	assert_said("/dev/null: not an episode: empty");
	assert_int_equal(run("/dev/zero"), 2);
	assert_said("/dev/zero: larger than 64 MiB");
	assert_int_equal(run("--pstore", "/no/such/folder"), 2);
	assert_said("/no/such/folder: No such file or directory");
}

static void nothing_there(void **state)
{
	char empty[128];

	(void)state;
	snprintf(empty, sizeof(empty), "%s/empty", folder);
	assert_int_equal(mkdir(empty, 0700), 0);
	assert_int_equal(run("--directory", empty), 1);
	assert_said("there is no episode in /tmp/");
	assert_one_message();
	assert_int_equal(run("--list", "--directory", "/no/such/folder"), 1);
	assert_said("there is no folder /no/such/folder");
	assert_int_equal(run("--pstore", empty), 1);
	assert_said("there is no episode in /tmp/");
	assert_one_message();
	rmdir(empty);
}

static void every_form(void **state)
{
	(void)state;
	assert_int_equal(run(DATA "live-stop.jsonl"), 0);
	assert_ptr_equal(strstr(out, "remoteproc0: Stopped safely"), out);
	/* Not a terminal. */
	assert_null(strchr(out, '\033'));
	assert_string_equal(err, "");
	assert_int_equal(run("--json", DATA "live-stop.jsonl"), 0);
	assert_ptr_equal(strstr(out, "{\"record\":\"episode\""), out);
	assert_int_equal(run(DATA "live-stop.jsonl", "--html"), 0);
	assert_ptr_equal(strstr(out, "<!DOCTYPE html>"), out);
	assert_int_equal(run("--perfetto", DATA "live-stop.jsonl"), 0);
	assert_ptr_equal(strstr(out, "{\"traceEvents\":["), out);
}

static void to_a_file(void **state)
{
	char path[128], nowhere[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/page.html", folder);
	assert_int_equal(run("--html", "-o", path, DATA "live-stop.jsonl"), 0);
	assert_string_equal(out, "");
	slurp(path, out, sizeof(out));
	assert_non_null(strstr(out, "</html>"));
	unlink(path);
	snprintf(nowhere, sizeof(nowhere), "%s/no/page.html", folder);
	assert_int_equal(run("--html", "-o", nowhere, DATA "live-stop.jsonl"), 1);
	assert_said("No such file or directory");
	assert_int_equal(run("-o", "/dev/full", DATA "live-stop.jsonl"), 1);
	assert_said("/dev/full: No space left on device");
	assert_one_message();
}

static void to_a_full_disk(void **state)
{
	char usual[sizeof(out_path)];

	(void)state;
	snprintf(usual, sizeof(usual), "%s", out_path);
	snprintf(out_path, sizeof(out_path), "/dev/full");
	assert_int_equal(run("--html", DATA "live-stop.jsonl"), 1);
	assert_said("standard output: No space left on device");
	assert_int_equal(run("--pstore", "--list", DATA "pstore"), 1);
	assert_said("standard output: No space left on device");
	snprintf(out_path, sizeof(out_path), "%s", usual);
}

/* Copies an episode into the folder under another name, as old as @age seconds. */
static void put(const char *from, const char *name, long age)
{
	struct timespec times[2] = { { .tv_sec = 1000000000 - age },
				     { .tv_sec = 1000000000 - age } };
	char path[256];
	FILE *f;

	slurp(from, out, sizeof(out));
	snprintf(path, sizeof(path), "%s/%s.jsonl", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(out, f);
	fclose(f);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void take_away(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s.jsonl", folder, name);
	assert_int_equal(unlink(path), 0);
}

static void expect_member(struct json_object *o, const char *key, const char *text)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(o, key, &value));
	assert_string_equal(value ? json_object_get_string(value) : "null", text);
}

static void expect_listed(void)
{
	struct json_object *root = json_tokener_parse(out), *list, *first, *second;

	assert_non_null(root);
	assert_true(json_object_object_get_ex(root, "episodes", &list));
	assert_int_equal(json_object_array_length(list), 3);
	first = json_object_array_get_idx(list, 0);
	expect_member(first, "id", "20261123T081540Z-remoteproc0-2");
	expect_member(first, "started", "2026-11-23T08:15:40.020Z");
	expect_member(first, "rproc", "remoteproc0");
	expect_member(first, "action", "stop");
	expect_member(first, "result", "stopped");
	expect_member(first, "outcome", "safe");
	expect_member(first, "caller", "supervisord (pid 402)");
	second = json_object_array_get_idx(list, 1);
	expect_member(second, "result", "null");
	expect_member(second, "outcome", "cut off");
	expect_member(second, "held_ns", "null");
	json_object_put(root);
}

static void the_newest_or_by_its_name(void **state)
{
	(void)state;
	/* The clock was set back in between: the name that comes last is not the newest. */
	put(DATA "hung-ejected.jsonl", "b", 10);
	put(DATA "live-stop.jsonl", "c", 30);
	put(DATA "cut-off.jsonl", "a", 20);
	assert_int_equal(run("--directory", folder), 0);
	assert_non_null(strstr(out, "20261123T081540Z-remoteproc0-2"));
	assert_int_equal(run("--directory", folder, "c"), 0);
	assert_non_null(strstr(out, "20261123T071203Z-remoteproc0-1"));
	assert_int_equal(run("--directory", folder, "--list"), 0);
	assert_string_equal(
		out,
		"WHEN                     REMOTE PROCESSOR  ACTION           OUTCOME  HELD     ASKED BY       "
		"        ID                              REASON\n"
		"2026-11-23 13:45:40 XYZ  remoteproc0       stop             stopped  67.0 ms  supervisord "
		"(pid 402)  20261123T081540Z-remoteproc0-2\n"
		"2026-11-23 16:45:00 XYZ  remoteproc0       unheld shutdown  cut off  -        m4manager (pid "
		"577)    20261123T111500Z-remoteproc0-1  the kernel or the service died here\n"
		"2026-11-23 12:42:03 XYZ  remoteproc0       stop             stopped  35.4 ms  sh (pid 1204)  "
		"        20261123T071203Z-remoteproc0-1\n");
	assert_int_equal(run("--directory", folder, "--list", "--json"), 0);
	expect_listed();
	take_away("a");
	take_away("b");
	take_away("c");
}

/* A file or a pipe has no width: who keeps the stop waiting is the end of a long line. */
static void nothing_is_cut_in_a_pipe(void **state)
{
	(void)state;
	assert_int_equal(run(DATA "refused-open-descriptor.jsonl"), 0);
	assert_non_null(strstr(out, "  note               waited in vain for /dev/ttyRPMSG30 to be "
				    "closed by datalogger[1501]\n"));
}

/* Where nothing was sent there is no longest send. */
static void no_send_has_no_longest(void **state)
{
	(void)state;
	assert_int_equal(run(DATA "given-up.jsonl"), 0);
	assert_non_null(strstr(out,
			       "  sends   0 recorded (0 before the request), 0 inside when the "
			       "gate closed\n"));
	assert_null(strstr(out, "0 ns"));
}

/* The sources are not on the board. */
static void help_names_no_source(void **state)
{
	(void)state;
	assert_int_equal(run("--help"), 0);
	assert_null(strstr(out, "docs/"));
	assert_null(strstr(out, ".md"));
}

static void after_a_panic(void **state)
{
	(void)state;
	assert_int_equal(run("--pstore", DATA "pstore"), 0);
	assert_non_null(strstr(out, "20261123T180107Z-remoteproc0-1"));
	assert_non_null(strstr(out, "Inside a send at that time: python3 (pid 812)."));
	assert_int_equal(run("--pstore", DATA "pstore/pmsg-ramoops-0", "--json"), 0);
	assert_non_null(strstr(out, "\"cut_off\":true"));
	assert_int_equal(run("--pstore", "--list", DATA "pstore"), 0);
	assert_string_equal(out, "20261123T180107Z-remoteproc0-1  " DATA "pstore/pmsg-ramoops-0\n");
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(out_path, sizeof(out_path), "%s/out", folder);
	snprintf(err_path, sizeof(err_path), "%s/err", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(out_path);
	unlink(err_path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_usage),
		cmocka_unit_test(bad_input),
		cmocka_unit_test(nothing_there),
		cmocka_unit_test(every_form),
		cmocka_unit_test(to_a_file),
		cmocka_unit_test(to_a_full_disk),
		cmocka_unit_test(the_newest_or_by_its_name),
		cmocka_unit_test(nothing_is_cut_in_a_pipe),
		cmocka_unit_test(no_send_has_no_longest),
		cmocka_unit_test(help_names_no_source),
		cmocka_unit_test(after_a_panic),
	};

	/* Local times that no machine has by accident. */
	setenv("TZ", "XYZ-5:30", 1);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
