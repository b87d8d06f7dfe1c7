// SPDX-License-Identifier: GPL-2.0-only
/* A child sleeps in a read or a poll of a pipe; then /proc has to say so. */
#include "system/trust.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/files.h"
#include "system/sleep.h"
#include "system/task.h"

/* PROC_PID_INIT_INO of include/linux/proc_ns.h, the same since 3.8 (commit 98f842e675f9). */
#define INITIAL_PID_NS 0xeffffffcu

/* What the file needs: see the table in docs/architecture.md. */
#if defined(__arm__)
#define NEEDED_FOR_CALLS "on 32-bit ARM it needs Linux 5.15 (commit 4e57a4ddf6b0)"
#else
#define NEEDED_FOR_CALLS "the kernel needs CONFIG_HAVE_ARCH_TRACEHOOK"
#endif

/* How long the child may take to fall asleep, on a machine that starves it. */
#define PATIENCE_MS 5000

bool trust_pid_namespace(char *reason, size_t len)
{
	char self[16] = "";
	struct stat st;

	/* A kernel without such namespaces has no such file. */
	if (stat("/proc/self/ns/pid", &st) == 0 && st.st_ino != INITIAL_PID_NS) {
		snprintf(reason, len,
			 "the guard is in the pid namespace of a container and cannot see the "
			 "processes outside of it; start it in the pid namespace of the host "
			 "(--pid=host)");
		return false;
	}
	if (readlink("/proc/self", self, sizeof(self) - 1) < 0 || atoi(self) != getpid()) {
		snprintf(reason, len,
			 "/proc belongs to another pid namespace; mount the /proc "
			 "of the host");
		return false;
	}
	return true;
}

/*
 * Not to be dumped, so that it can be looked at with CAP_SYS_PTRACE only: without this, a process may
 * always look at its own children.
 */
static void sleep_in(long call, int fd)
{
	struct pollfd poll = { .fd = fd, .events = POLLIN };
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	while ((call == SYS_read ? syscall(call, fd, &byte, 1)
				 : syscall(call, &poll, 1, NULL, NULL, 0)) < 0 &&
	       errno == EINTR)
		;
	_exit(0);
}

/* A system call, and what the kernel functions that it sleeps in have in their names. */
static const struct place {
	long call;
	const char *function;
} places[] = {
	{ SYS_read, "pipe" },
	{ SYS_ppoll, "poll" },
};

/* What is asked of /proc, and what it answers for the child. */
struct witness {
	long expected;
	char call[128];
	int call_error;
	struct task_stat stat;
	bool stat_works;
};

static void look(int pid, struct witness *w)
{
	const int n = task_read(pid, "syscall", w->call, sizeof(w->call));

	w->call_error = n < 0 ? -n : 0;
	w->stat_works = task_stat(pid, &w->stat);
}

static bool says_call(const struct witness *w)
{
	return !w->call_error && strtol(w->call, NULL, 10) == w->expected && w->call[0] != 'r';
}

static bool judge(const struct witness *w, char *reason, size_t len)
{
	if (w->call_error)
		snprintf(reason, len,
			 "/proc/<pid>/syscall of another process: %s; run with CAP_SYS_PTRACE, and "
			 "with kernel.yama.ptrace_scope below 3",
			 strerror(w->call_error));
	else if (!w->stat_works || (w->stat.state != 'S' && w->stat.state != 'D'))
		snprintf(reason, len, "/proc/<pid>/stat of another process is wrong");
	else if (!says_call(w))
		snprintf(reason, len,
			 "/proc/<pid>/syscall of another process is not true; " NEEDED_FOR_CALLS);
	else
		return true;
	return false;
}

/* Until all is as it has to be, or for ever so long: the last look counts. */
static bool watch_child(int pid, const struct place *place, char *reason, size_t len)
{
	const uint64_t deadline = clock_ms() + PATIENCE_MS;
	struct witness w;

	for (;;) {
		memset(&w, 0, sizeof(w));
		w.expected = place->call;
		look(pid, &w);
		if (judge(&w, reason, len)) {
			reason[0] = '\0';
			sleep_choose(pid, place->function);
			return true;
		}
		/* Not allowed now, not allowed later. */
		if (w.call_error == EPERM || w.call_error == EACCES || clock_ms() >= deadline)
			return false;
		pause_ms(1);
	}
}

static bool try_place(const struct place *place, char *reason, size_t len)
{
	int ends[2], status;
	pid_t pid;
	bool ok;

	if (pipe(ends) < 0) {
		snprintf(reason, len, "no pipe for the check of /proc: %s", strerror(errno));
		return false;
	}
	pid = fork();
	if (pid == 0)
		sleep_in(place->call, ends[0]);
	ok = pid > 0 && watch_child(pid, place, reason, len);
	if (pid < 0)
		snprintf(reason, len, "no child process for the check of /proc: %s",
			 strerror(errno));
	close(ends[0]);
	close(ends[1]);
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	return ok;
}

bool trust_proc(char *reason, size_t len)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (!try_place(&places[i], reason, len))
			return false;
	return true;
}
