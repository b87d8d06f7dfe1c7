// SPDX-License-Identifier: GPL-2.0-only
/* A child sleeps in a read of a pipe; then /proc has to say so. */
#include "system/trust.h"

#include <errno.h>
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
			 "process numbers are those of a container: whoever opens a "
			 "guarded file has none in it; start with the host's (--pid=host)");
		return false;
	}
	if (readlink("/proc/self", self, sizeof(self) - 1) < 0 || atoi(self) != getpid()) {
		snprintf(reason, len, "/proc is that of another pid namespace; mount the host's");
		return false;
	}
	return true;
}

/*
 * Not to be dumped, so that it can be looked at with CAP_SYS_PTRACE only: without this, a process may
 * always look at its own children.
 */
static void sleep_in_read(int fd)
{
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	while (syscall(SYS_read, fd, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

/* What is asked of /proc, and what it answers for the child. */
struct witness {
	char call[128], function[128];
	int call_error;
	struct task_stat stat;
	bool stat_works;
};

static void look(int pid, struct witness *w)
{
	const int n = task_read(pid, "syscall", w->call, sizeof(w->call));

	w->call_error = n < 0 ? -n : 0;
	task_read(pid, "wchan", w->function, sizeof(w->function));
	w->stat_works = task_stat(pid, &w->stat);
}

static bool says_read(const struct witness *w)
{
	return !w->call_error && strtol(w->call, NULL, 10) == SYS_read && w->call[0] != 'r';
}

/* pipe_read() or what it waits in: pipe_wait(), wait_woken() ... anything but nothing. */
static bool says_where(const struct witness *w)
{
	return w->function[0] && strcmp(w->function, "0") != 0;
}

static bool judge(const struct witness *w, char *reason, size_t len)
{
	if (w->call_error)
		snprintf(reason, len,
			 "/proc/<pid>/syscall of another process: %s; run with CAP_SYS_PTRACE, and "
			 "with kernel.yama.ptrace_scope below 3",
			 strerror(w->call_error));
	else if (!w->stat_works || (w->stat.state != 'S' && w->stat.state != 'D'))
		snprintf(reason, len, "/proc/<pid>/stat of another process is not true");
	else if (!says_read(w))
		snprintf(reason, len,
			 "/proc/<pid>/syscall of another process is not true; " NEEDED_FOR_CALLS);
	else if (!says_where(w))
		snprintf(reason, len,
			 "/proc/<pid>/wchan of another process says nothing; the kernel needs "
			 "CONFIG_KALLSYMS and an unwinder that does not guess");
	else
		return true;
	return false;
}

/* Until all is as it has to be, or for ever so long: the last look counts. */
static bool watch_child(int pid, char *reason, size_t len)
{
	const uint64_t deadline = clock_ms() + PATIENCE_MS;
	struct witness w;

	for (;;) {
		memset(&w, 0, sizeof(w));
		look(pid, &w);
		if (judge(&w, reason, len)) {
			reason[0] = '\0';
			return true;
		}
		/* Not allowed now, not allowed later. */
		if (w.call_error == EPERM || w.call_error == EACCES || clock_ms() >= deadline)
			return false;
		pause_ms(1);
	}
}

bool trust_proc(char *reason, size_t len)
{
	int ends[2], status;
	pid_t pid;
	bool ok;

	if (pipe(ends) < 0) {
		snprintf(reason, len, "no pipe to try it with: %s", strerror(errno));
		return false;
	}
	pid = fork();
	if (pid == 0)
		sleep_in_read(ends[0]);
	ok = pid > 0 && watch_child(pid, reason, len);
	if (pid < 0)
		snprintf(reason, len, "no child to try it with: %s", strerror(errno));
	close(ends[0]);
	close(ends[1]);
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	return ok;
}
