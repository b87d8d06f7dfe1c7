// SPDX-License-Identifier: GPL-2.0-only
#include "system/task.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system/files.h"

void task_comm(int tid, char *comm)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", tid);
	if (file_read_line(path, comm, 16) <= 0)
		snprintf(comm, 16, "?");
}

int task_process(int tid)
{
	char path[64], line[128];
	int pid = tid;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	f = fopen(path, "re");
	if (!f)
		return tid;
	while (fgets(line, sizeof(line), f) && sscanf(line, "Tgid: %d", &pid) != 1)
		;
	fclose(f);
	return pid;
}

/* From include/linux/sched.h; the same in every kernel from 2.6.37 on. */
#define PF_WQ_WORKER 0x00000020
#define PF_KTHREAD 0x00200000

static bool read_stat(const char *path, struct task_stat *stat)
{
	unsigned long long user, system;
	unsigned int flags, threads;
	char line[512];
	const char *p;

	if (file_read_line(path, line, sizeof(line)) <= 0)
		return false;
	/* The command name may hold anything; the last parenthesis ends it. */
	p = strrchr(line, ')');
	if (!p ||
	    sscanf(p + 1, " %c %d %*d %*d %*d %*d %u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %u",
		   &stat->state, &stat->parent, &flags, &user, &system, &threads) != 6)
		return false;
	stat->kernel_thread = flags & PF_KTHREAD;
	stat->worker = flags & PF_WQ_WORKER;
	stat->threads = threads;
	stat->cpu_ticks = user + system;
	return true;
}

bool task_stat(int tid, struct task_stat *stat)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stat", tid);
	return read_stat(path, stat);
}

/* do_task_stat() in fs/proc/array.c sums up a whole process unless it is asked below task/. */
bool thread_stat(int tid, struct task_stat *stat)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", tid, tid);
	return read_stat(path, stat);
}

bool task_alive(int tid)
{
	struct task_stat stat;

	return task_stat(tid, &stat) && stat.state != 'Z' && stat.state != 'X';
}

bool task_is_stopped(int tid)
{
	struct task_stat stat;

	return task_stat(tid, &stat) && stat.state == 'T';
}

static bool read_wchan(int tid, char function[128])
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/wchan", tid);
	return file_read_line(path, function, 128) > 0;
}

bool task_wchan_is(int tid, const char *name)
{
	char function[128];

	return read_wchan(tid, function) && strcmp(function, name) == 0;
}

bool task_sleeps_in(int tid, const char *const parts[])
{
	char function[128];

	if (!read_wchan(tid, function))
		return false;
	for (size_t i = 0; parts[i]; i++)
		if (strstr(function, parts[i]))
			return true;
	return false;
}

bool task_syscall(int tid, char *line, size_t len)
{
	char path[64];
	int n;

	snprintf(path, sizeof(path), "/proc/%d/syscall", tid);
	n = file_read_line(path, line, len);
	if (n == -ENOENT || n == -ESRCH)
		return false;
	if (n <= 0)
		snprintf(line, len, "running");
	return true;
}

enum whereabouts task_whereabouts(int tid)
{
	char line[256];

	if (!task_syscall(tid, line, sizeof(line)))
		return TASK_GONE;
	if (strcmp(line, "running") == 0)
		return TASK_RUNNING;
	return TASK_ASLEEP;
}

bool task_is_writing(int tid)
{
	/*
	 * write, pwrite64, writev, pwritev, pwritev2, sendfile, splice; then those of the 32-bit
	 * ABIs.
	 */
#if defined(__x86_64__)
	static const long writes[] = { 1,   18,	 20,  296, 328, 40,  275, 4,
				       181, 146, 334, 379, 187, 239, 313 };
#else
	static const long writes[] = { 64,  68,	 66,  70,  287, 71,  76, 4,
				       181, 146, 362, 393, 187, 239, 340 };
#endif
	char line[256];
	long number;

	if (!task_syscall(tid, line, sizeof(line)))
		return false;
	if (strcmp(line, "running") == 0)
		return true;
	/* One that is stopped has left the call, or will make it again. */
	if (task_is_stopped(tid))
		return false;
	number = strtol(line, NULL, 10);
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
		if (writes[i] == number)
			return true;
	return false;
}

int process_open(int pid)
{
	const int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : fd;
}

int process_signal(int fd, int signal)
{
	return syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0) < 0 ? -errno : 0;
}
