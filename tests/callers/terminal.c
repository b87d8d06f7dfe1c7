// SPDX-License-Identifier: GPL-2.0-only
/*
 * A person at a terminal: starts a shell on it, types the lines of the standard input one after the
 * other, each once the shell prompts for it, and shows what there is to see.
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "callers.h"

#define PROMPT "READY> "

struct terminal {
	int fd;
	pid_t shell;
	char tail[sizeof(PROMPT)]; /* the last that was seen */
	bool prompted;
	time_t deadline;
};

static time_t now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void remember(struct terminal *t, const char *text, size_t n)
{
	const size_t keep = strlen(PROMPT);

	for (size_t i = 0; i < n; i++) {
		memmove(t->tail, t->tail + 1, keep - 1);
		t->tail[keep - 1] = text[i];
		/* The shell may ask the terminal where the cursor is, behind its prompt. */
		t->prompted |= strncmp(t->tail, PROMPT, keep) == 0;
	}
}

/* False at the end of the shell or of the time. */
static bool show_some(struct terminal *t)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	char text[512];
	ssize_t n;

	if (now_s() >= t->deadline || poll(&p, 1, 1000) < 0)
		return false;
	if (!p.revents)
		return true;
	/* EIO: nobody has the other side open any more. */
	n = read(t->fd, text, sizeof(text));
	if (n <= 0)
		return false;
	fwrite(text, 1, (size_t)n, stdout);
	fflush(stdout);
	remember(t, text, (size_t)n);
	return true;
}

static bool prompted(struct terminal *t)
{
	while (!t->prompted)
		if (!show_some(t))
			return false;
	t->prompted = false;
	return true;
}

static bool type(struct terminal *t, const char *line)
{
	return write(t->fd, line, strlen(line)) == (ssize_t)strlen(line);
}

int run_terminal(char *const command[], unsigned int limit_s)
{
	struct terminal t = { .deadline = now_s() + limit_s };
	char line[1024];
	int status;

	setenv("PS1", PROMPT, 1);
	unsetenv("ENV");
	t.shell = forkpty(&t.fd, NULL, NULL, NULL);
	if (t.shell < 0)
		die("forkpty");
	if (t.shell == 0) {
		execvp(command[0], command);
		die(command[0]);
	}
	while (prompted(&t) && fgets(line, sizeof(line), stdin))
		if (!type(&t, line))
			break;
	type(&t, "exit\n");
	while (show_some(&t))
		;
	if (now_s() < t.deadline && waitpid(t.shell, &status, 0) == t.shell && WIFEXITED(status))
		return 0;
	printf("\nterminal: hangs\n");
	kill(t.shell, SIGKILL);
	return 1;
}
