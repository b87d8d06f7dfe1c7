// SPDX-License-Identifier: GPL-2.0-only
/* Callers of delete_module() without the right to it that do not wait for their answer. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attacker.h"

static const char *setuid_program;

static pid_t remover(const char *module, void (*on_signal)(int))
{
	const pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (on_signal)
		signal(SIGUSR1, on_signal);
	syscall(SYS_delete_module, module, O_NONBLOCK);
	_exit(0);
}

/* What is stopped in the call is killed, and makes room for the next. */
int cmd_remove_killed(int argc, char **argv)
{
	int status;
	pid_t pid;

	(void)argc;
	for (int n = atoi(argv[1]); n > 1; n--)
		if (fork() == 0)
			break;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		pid = remover(argv[0], NULL);
		if (pid < 0)
			continue;
		while (waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status))
			kill(pid, SIGKILL);
	}
}

static void execute(int signal)
{
	(void)signal;
	execl(setuid_program, setuid_program, "stay", "3", NULL);
	_exit(3);
}

/* With the number that made the call it becomes a program of root's. */
int cmd_remove_exec(int argc, char **argv)
{
	pid_t pid;
	int status;

	(void)argc;
	setuid_program = argv[1];
	pid = remover(argv[0], execute);
	if (pid < 0)
		die("fork");
	while (waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status)) {
		print_line("stopped");
		kill(pid, SIGUSR1);
		kill(pid, SIGCONT);
	}
	print_line("ended=%d", status);
	return 0;
}

int cmd_stay(int argc, char **argv)
{
	(void)argc;
	print_line("stays as %d", (int)geteuid());
	sleep((unsigned int)atoi(argv[0]));
	return 0;
}
