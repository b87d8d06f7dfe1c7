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
#include <sys/wait.h>
#include <unistd.h>

#include "commands/commands.h"

typedef int (*command_fn)(int argc, char **argv);

/* Runs @command with up to two arguments; returns its exit status, and what it says in @said. */
static int run(command_fn command, const char *const args[2], char *said, size_t len)
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
		dup2(fds[1], STDOUT_FILENO);
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
		{ cmd_stop, { NULL }, "NAME of the remote processor is missing" },
		{ cmd_start, { NULL }, "NAME of the remote processor is missing" },
		{ cmd_restart, { NULL }, "NAME of the remote processor is missing" },
		{ cmd_validate, { NULL }, "NAME of the remote processor is missing" },
		/* What another command takes. */
		{ cmd_run, { "--json" }, "unrecognized option '--json'" },
		{ cmd_status, { "-c", "x" }, "invalid option -- 'c'" },
		{ cmd_stop, { "-v" }, "invalid option -- 'v'" },
		{ cmd_decode, { "-q" }, "invalid option -- 'q'" },
		{ cmd_release, { "-a" }, "invalid option -- 'a'" },
		{ cmd_check, { "--config" }, "option '--config' requires an argument" },
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
		assert_string_equal(said, "/nonexistent/x.conf: No such file or directory\n");
	}
}

static void name_of_no_remote_processor(void **state)
{
	static const command_fn commands[] = { cmd_stop, cmd_start, cmd_restart };
	static const char *const args[2] = { "no-such-name" };
	char said[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		assert_int_equal(run(commands[i], args, said, sizeof(said)), 2);
		assert_non_null(strstr(said, "no remote processor 'no-such-name'; there "));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_usage_is_said_and_ends_in_2),
		cmocka_unit_test(configuration_that_is_not_there),
		cmocka_unit_test(name_of_no_remote_processor),
	};

	unsetenv("JOURNAL_STREAM");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
