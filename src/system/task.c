// SPDX-License-Identifier: GPL-2.0-only
/* The files of /proc about processes and threads. */
#include "system/task.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system/files.h"

int task_read(int tid, const char *file, char *line, size_t len)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", tid, file);
	return file_read_line(path, line, len);
}

ino_t task_namespace(const char *who, const char *kind)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%.16s/ns/%s", who, kind);
	return stat(path, &st) == 0 ? st.st_ino : 0;
}

void task_comm(int tid, char *comm)
{
	if (task_read(tid, "comm", comm, 16) <= 0)
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

/* From include/linux/sched.h; the same in every kernel from 2.6.37 on, or since they are there. */
#define PF_WQ_WORKER 0x00000020
#define PF_IO_WORKER 0x00000010 /* since 5.7 */
#define PF_EXITING 0x00000004
#define PF_KTHREAD 0x00200000

/* Fields of /proc/<tid>/stat, by their numbers in proc(5). */
enum {
	STAT_PARENT = 4,
	STAT_FLAGS = 9,
	STAT_USER = 14,
	STAT_SYSTEM = 15,
	STAT_THREADS = 20,
	STAT_BEGUN = 22,
};

static bool read_stat(int tid, const char *file, struct task_stat *stat)
{
	unsigned long long fields[STAT_BEGUN + 1];
	char line[512], *p;

	if (task_read(tid, file, line, sizeof(line)) <= 0)
		return false;
	/* The command name may hold anything; the last parenthesis ends it. */
	p = strrchr(line, ')');
	if (!p || strlen(p) < strlen(") R 1"))
		return false;
	stat->state = p[2];
	p += 3;
	for (int i = STAT_PARENT; i <= STAT_BEGUN; i++)
		fields[i] = strtoull(p, &p, 10);
	stat->parent = (int)fields[STAT_PARENT];
	stat->kernel_thread = fields[STAT_FLAGS] & PF_KTHREAD;
	stat->worker = fields[STAT_FLAGS] & PF_WQ_WORKER;
	stat->io_worker = fields[STAT_FLAGS] & PF_IO_WORKER;
	stat->may_exec = !stat->kernel_thread ||
			 (!stat->worker && strncmp(strchrnul(line, '('), "(kworker", 8) == 0);
	stat->exiting = fields[STAT_FLAGS] & PF_EXITING;
	stat->threads = (unsigned int)fields[STAT_THREADS];
	stat->cpu_ticks = fields[STAT_USER] + fields[STAT_SYSTEM];
	stat->begun_ticks = fields[STAT_BEGUN];
	return true;
}

bool task_stat(int tid, struct task_stat *stat)
{
	return read_stat(tid, "stat", stat);
}

/* do_task_stat() in fs/proc/array.c sums up a whole process unless it is asked below task/. */
bool thread_stat(int tid, struct task_stat *stat)
{
	char file[32];

	snprintf(file, sizeof(file), "task/%d/stat", tid);
	return read_stat(tid, file, stat);
}

/* It takes no descriptor to see that it is there. */
bool task_is_there(int tid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", tid);
	return access(path, F_OK) == 0 || !task_is_gone_by(-errno);
}

bool task_alive(int tid)
{
	struct task_stat stat;

	return task_stat(tid, &stat) ? stat.state != 'Z' && stat.state != 'X' : task_is_there(tid);
}

bool task_is_stopped(int tid)
{
	struct task_stat stat;

	return task_stat(tid, &stat) && stat.state == 'T';
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

static bool is_among(const long *calls, size_t n, long number)
{
	for (size_t i = 0; i < n; i++)
		if (calls[i] == number)
			return true;
	return false;
}

/* Whether it is in one of the @n system calls; one that is running may be. */
static bool is_in_call(int tid, const long *calls, size_t n)
{
	char line[256];

	if (!task_syscall(tid, line, sizeof(line)))
		return false;
	if (strcmp(line, "running") == 0)
		return true;
	/* One that is stopped has left the call, or will make it again. */
	if (task_is_stopped(tid))
		return false;
	return is_among(calls, n, strtol(line, NULL, 10));
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

	return is_in_call(tid, writes, sizeof(writes) / sizeof(writes[0]));
}

bool task_is_closing(int tid)
{
	/*
	 * close, close_range, dup2, dup3, exit, exit_group, delete_module; then those of the 32-bit ABIs,
	 * without dup2 on arm64: 63 is read there, which may last.
	 */
#if defined(__x86_64__)
	static const long closes[] = { 3, 436, 33, 292, 60, 231, 176, 6, 63, 330, 252, 129 };
#elif defined(__aarch64__)
	static const long closes[] = { 57, 436, 24, 93, 94, 106, 6, 358, 248, 129 };
#else /* only asked where there are hooks: of a kernel of 32 bits. The first is exit. */
	static const long closes[] = { 1, 6, 63, 436, 358, 248, 129 };
#endif

	return is_in_call(tid, closes, sizeof(closes) / sizeof(closes[0]));
}

bool task_is_opening(int tid)
{
	/* open, openat, creat, open_by_handle_at, openat2; then those of the 32-bit ABIs. */
#if defined(__x86_64__)
	static const long opens[] = { 2, 257, 85, 304, 437, 5, 8, 295, 342 };
#elif defined(__aarch64__)
	static const long opens[] = { 56, 265, 437, 5, 8, 322, 371 };
#else /* the same without the 265 of arm64: here it is a sleep */
	static const long opens[] = { 56, 437, 5, 8, 322, 371 };
#endif

	return is_in_call(tid, opens, sizeof(opens) / sizeof(opens[0]));
}

/*
 * Whether number 0 is a restart_syscall, which goes on with a poll: for programs of 32 bits. On x86_64 it is a read
 * else, which must not be interrupted for nothing; on arm64 io_setup, which does not last. A call of 32 bits goes by
 * its stack and its code, which are the last two numbers of the line. Both of a program of 64 bits are there only
 * when it has asked for that (MAP_32BIT).
 */
static bool zero_restarts(const char *line)
{
#if defined(__x86_64__)
	unsigned long long stack, code;

	return sscanf(line, "%*s %*s %*s %*s %*s %*s %*s %llx %llx", &stack, &code) == 2 &&
	       stack <= UINT32_MAX && code <= UINT32_MAX;
#else
	(void)line;
	return true;
#endif
}

bool syscall_line_polls(const char *line)
{
	/* poll, select, pselect6, ppoll, and restart_syscall; then those of the 32-bit ABIs. */
#if defined(__x86_64__)
	static const long polls[] = { 7, 23, 270, 271, 219, 168, 82, 142, 308, 309, 413, 414 };
#elif defined(__aarch64__)
	static const long polls[] = { 72, 73, 128, 168, 82, 142, 335, 336, 413, 414 };
#else
	static const long polls[] = { 168, 82, 142, 335, 336, 413, 414 };
#endif
	const long number = strtol(line, NULL, 10);

	return number ? is_among(polls, sizeof(polls) / sizeof(polls[0]), number)
		      : zero_restarts(line);
}

enum whereabouts task_polls(int tid)
{
	char line[256];

	if (!task_syscall(tid, line, sizeof(line)))
		return TASK_GONE;
	if (strcmp(line, "running") == 0)
		return TASK_RUNNING;
	/* One that is stopped has left the call, or will make it again. */
	return !task_is_stopped(tid) && syscall_line_polls(line) ? TASK_ASLEEP : TASK_GONE;
}

bool task_is_in_ioctl(int tid)
{
	/* And the one of the 32-bit ABIs. */
#if defined(__x86_64__)
	static const long ioctls[] = { 16, 54 };
#elif defined(__aarch64__)
	static const long ioctls[] = { 29, 54 };
#else /* 29 is a pause here */
	static const long ioctls[] = { 54 };
#endif

	return is_in_call(tid, ioctls, sizeof(ioctls) / sizeof(ioctls[0]));
}

bool task_is_submitting(int tid)
{
	/* io_submit, io_uring_enter; then io_submit of the 32-bit ABIs. */
#if defined(__x86_64__)
	static const long submits[] = { 209, 426, 248 };
#elif defined(__aarch64__)
	static const long submits[] = { 2, 426, 246 };
#else
	static const long submits[] = { 246, 426 };
#endif

	return is_in_call(tid, submits, sizeof(submits) / sizeof(submits[0]));
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
