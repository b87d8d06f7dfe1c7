// SPDX-License-Identifier: GPL-2.0-only
/* The command lines that no command takes, and what is said of them. */
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
#include <sys/wait.h>
#include <unistd.h>

#include "commands/commands.h"

typedef int (*command_fn)(int argc, char **argv);

/* Where its output goes to: a file, or with @path NULL to where it complains. */
static void redirect_output(const char *path, int other)
{
	const int fd = path ? open(path, O_WRONLY) : other;

	if (dup2(fd, STDOUT_FILENO) < 0)
		_exit(99);
}

/* Runs @command with up to two arguments; returns its exit status, and what it says in @said. */
static int run_to(const char *path, command_fn command, const char *const args[2], char *said,
		  size_t len)
{
	char *argv[4] = { (char *)"rpmsg-guard x", (char *)args[0], (char *)args[1] };
	int argc = 1, status, fds[2];
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	while (argv[argc])
		argc++;
	assert_int_equal(pipe(fds), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		redirect_output(path, fds[1]);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		argp_err_exit_status = EXIT_STATUS_USAGE;
		exit(command(argc, argv));
	}
	close(fds[1]);
	while (n < len - 1 && (got = read(fds[0], said + n, len - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int run(command_fn command, const char *const args[2], char *said, size_t len)
{
	return run_to(NULL, command, args, said, len);
}

static void bad_usage_is_said_and_ends_in_2(void **state)
{
	static const struct {
		command_fn command;
		const char *args[2], *message;
	} lines[] = {
		{ cmd_run, { "x" }, "unexpected argument 'x'" },
		{ cmd_check, { "x" }, "unexpected argument 'x'" },
		{ cmd_status, { "x" }, "unexpected argument 'x'" },
		{ cmd_watch, { "x" }, "unexpected argument 'x'" },
		{ cmd_release, { "x" }, "unexpected argument 'x'" },
		{ cmd_decode, { "a", "b" }, "unexpected argument 'b'; give only one FILE" },
		{ cmd_report, { "a", "b" }, "unexpected argument 'b'; give only one FILE or ID" },
		{ cmd_stop, { "a", "b" }, "give only one NAME; 'b' is the second" },
		{ cmd_start, { "a", "b" }, "give only one NAME; 'b' is the second" },
		{ cmd_restart, { "a", "b" }, "give only one NAME; 'b' is the second" },
		{ cmd_validate, { "a", "b" }, "give only one NAME; 'b' is the second" },
		{ cmd_stop, { NULL }, "which remote processor? NAME is missing" },
		{ cmd_start, { NULL }, "which remote processor? NAME is missing" },
		{ cmd_restart, { NULL }, "which remote processor? NAME is missing" },
		{ cmd_validate, { NULL }, "which remote processor? NAME is missing" },
		/* What another command takes. */
		{ cmd_run, { "--json" }, "unrecognized option '--json'" },
		{ cmd_status, { "-c", "x" }, "invalid option -- 'c'" },
		{ cmd_stop, { "-v" }, "invalid option -- 'v'" },
		{ cmd_decode, { "-q" }, "invalid option -- 'q'" },
		{ cmd_release, { "-a" }, "invalid option -- 'a'" },
		{ cmd_check, { "--config" }, "option '--config' requires an argument" },
		{ cmd_check, { "--all" }, "--all is for --kconfig only" },
		{ cmd_check, { "--level", "override" }, "--level is for --kconfig only" },
		{ cmd_check,
		  { "--level", "manual" },
		  "userspace, observe or override, not 'manual'" },
		{ cmd_check,
		  { "--kconfig", "--json" },
		  "--kconfig and --json cannot be used together" },
		{ cmd_check, { "--kconfig=x", "--all" }, "--kconfig takes no FILE" },
		{ cmd_check,
		  { "--kconfig=/nonexistent" },
		  "x: /nonexistent: No such file or directory" },
		{ cmd_check, { "--kconfig=/" }, "x: /: Is a directory" },
		{ cmd_check,
		  { "--kconfig=/etc/passwd" },
		  "passwd: not a complete kernel configuration" },
	};
	char said[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(run(lines[i].command, lines[i].args, said, sizeof(said)), 2);
		if (!strstr(said, lines[i].message))
			fail_msg("line %zu: no '%s' in '%s'", i, lines[i].message, said);
	}
}

static void configuration_that_is_not_there(void **state)
{
	static const command_fn commands[] = { cmd_run, cmd_check, cmd_watch };
	static const char *const args[2] = { "--config=/nonexistent/x.conf" };
	char said[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		assert_int_equal(run(commands[i], args, said, sizeof(said)), 2);
		assert_string_equal(
			said, "rpmsg-guard x: /nonexistent/x.conf: No such file or directory\n");
	}
}

/* No service runs where the unit tests do. */
static void quiet_status_of_a_dead_service(void **state)
{
	static const char *const args[2] = { "--quiet" };
	char said[4096];

	(void)state;
	assert_int_equal(run(cmd_status, args, said, sizeof(said)), 3);
	assert_string_equal(said, "");
}

static void name_of_no_remote_processor(void **state)
{
	static const command_fn commands[] = { cmd_stop, cmd_start, cmd_restart };
	static const char *const args[2] = { "no-such-name" };
	const char *message =
		access("/sys/class/remoteproc/remoteproc0", F_OK) == 0
			? "rpmsg-guard x: there is no remote processor 'no-such-name'; choose from: "
			: "rpmsg-guard x: there is no remote processor on this machine, so there is no "
			  "'no-such-name'\n";
	char said[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		assert_int_equal(run(commands[i], args, said, sizeof(said)), 2);
		assert_non_null(strstr(said, message));
	}
}

/* What nobody has taken was not done. */
static void full_device_is_a_failure(void **state)
{
	static const struct {
		command_fn command;
		const char *args[2];
	} lines[] = {
		{ cmd_check, { "--kconfig", "--all" } },
		{ cmd_status, { NULL } },
		{ cmd_validate, { "--verdict=tests/data/validations/clean.jsonl" } },
		{ cmd_report, { "--list", "--directory=tests/data/episodes" } },
	};
	char said[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(run_to("/dev/full", lines[i].command, lines[i].args, said,
					sizeof(said)),
				 1);
		assert_non_null(strstr(said, "x: standard output: No space left on device\n"));
	}
}

/* Without rights nothing is found out, and that is all that is said. */
static int check_as_nobody(int argc, char **argv)
{
	if (geteuid() == 0 && setuid(65534) != 0)
		return -1;
	return cmd_check(argc, argv);
}

static void check_needs_root(void **state)
{
	static const char *const forms[][2] = { { NULL }, { "--json" } };
	char said[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		assert_int_equal(run(check_as_nobody, forms[i], said, sizeof(said)), 1);
		assert_string_equal(
			said, "rpmsg-guard x: not root, so this kernel cannot be checked; run "
			      "\"sudo rpmsg-guard check\"\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_usage_is_said_and_ends_in_2),
		cmocka_unit_test(configuration_that_is_not_there),
		cmocka_unit_test(quiet_status_of_a_dead_service),
		cmocka_unit_test(name_of_no_remote_processor),
		cmocka_unit_test(check_needs_root),
		cmocka_unit_test(full_device_is_a_failure),
	};

	unsetenv("JOURNAL_STREAM");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
