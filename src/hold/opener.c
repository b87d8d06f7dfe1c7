// SPDX-License-Identifier: GPL-2.0-only
#include "hold/opener.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system/files.h"
#include "system/task.h"

/*
 * The numbers of every ABI a 64-bit kernel may serve, in one table: /proc/<tid>/syscall does not
 * say which ABI the number belongs to. That is no loss, because none of these numbers is a call
 * that can block in an open under the other ABI.
 */
static const struct open_call {
	long number;
	int flags_argument; /* -1: creat(), which always writes; -2: openat2() */
} open_calls[] = {
#if defined(__x86_64__)
	{ 2, 1 },   /* x86_64 open */
	{ 257, 2 }, /* x86_64 openat */
	{ 85, -1 }, /* x86_64 creat */
	{ 295, 2 }, /* i386 openat */
#else
	{ 56, 2 },  /* arm64 and other generic ABIs: openat */
	{ 322, 2 }, /* arm openat */
#endif
	{ 5, 1 },    /* i386 and arm open */
	{ 8, -1 },   /* i386 and arm creat */
	{ 437, -2 }, /* openat2, the same everywhere */
};

static const struct open_call *find_call(long number)
{
	for (size_t i = 0; i < sizeof(open_calls) / sizeof(open_calls[0]); i++)
		if (open_calls[i].number == number)
			return &open_calls[i];
	return NULL;
}

static bool flags_may_write(unsigned long flags)
{
	return (flags & O_ACCMODE) != O_RDONLY;
}

static bool read_memory(int tid, unsigned long address, void *buf, size_t len, ssize_t *got)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	*got = pread(fd, buf, len, (off_t)address);
	close(fd);
	return *got > 0;
}

/* openat2() takes its flags from struct open_how, whose first member they are. */
static bool open_how_may_write(int tid, unsigned long address)
{
	uint64_t flags;
	ssize_t n;

	return !read_memory(tid, address, &flags, sizeof(flags), &n) || n != sizeof(flags) ||
	       flags_may_write(flags);
}

/* Returns NULL for a line that is not of a thread asleep in an open. */
static const struct open_call *parse_line(const char *line, unsigned long args[6])
{
	long number;

	if (sscanf(line, "%ld %lx %lx %lx %lx %lx %lx", &number, &args[0], &args[1], &args[2],
		   &args[3], &args[4], &args[5]) != 7)
		return NULL;
	return find_call(number);
}

bool opener_line_may_write(const char *line, int tid)
{
	const struct open_call *call;
	unsigned long args[6];

	call = parse_line(line, args);
	if (!call || call->flags_argument == -1)
		return true;
	if (call->flags_argument == -2)
		return open_how_may_write(tid, args[2]);
	return flags_may_write(args[call->flags_argument]);
}

/*
 * Returns false when the thread has gone. One that cannot be looked at (a sandbox, no descriptor
 * left) counts as running: nothing is known of it.
 */
static bool read_syscall(int tid, char *line, size_t len)
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

enum whereabouts opener_whereabouts(int tid)
{
	char line[256];
	long number;

	if (!read_syscall(tid, line, sizeof(line)))
		return TASK_GONE;
	if (strcmp(line, "running") == 0)
		return TASK_RUNNING;
	number = strtol(line, NULL, 10);
	if (find_call(number))
		return TASK_IN_OPEN;
	return number == SYS_close ? TASK_IN_CLOSE : TASK_ELSEWHERE;
}

/* The path as the thread sees it, by way of its root, its folder or its descriptor. */
static bool find_path(int tid, char *path, size_t len)
{
	const struct open_call *call;
	unsigned long args[6];
	char line[256], text[512];
	bool at;
	ssize_t n;

	if (!read_syscall(tid, line, sizeof(line)))
		return false;
	call = parse_line(line, args);
	if (!call)
		return false;
	at = call->flags_argument == 2 || call->flags_argument == -2;
	if (!read_memory(tid, args[at ? 1 : 0], text, sizeof(text), &n) ||
	    strnlen(text, (size_t)n) == (size_t)n)
		return false;
	if (text[0] == '/')
		return snprintf(path, len, "/proc/%d/root%s", tid, text) < (int)len;
	if (!at || (int)args[0] == AT_FDCWD)
		return snprintf(path, len, "/proc/%d/cwd/%s", tid, text) < (int)len;
	return snprintf(path, len, "/proc/%d/fd/%d/%s", tid, (int)args[0], text) < (int)len;
}

bool opener_opens_another(int tid, const dev_t *devs, size_t n)
{
	char path[640];
	struct stat st;

	if (!find_path(tid, path, sizeof(path)) || stat(path, &st) < 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (S_ISCHR(st.st_mode) && st.st_rdev == devs[i])
			return false;
	return true;
}

bool opener_may_write(int tid)
{
	char line[256];

	/*
	 * The event is queued a moment before the opener falls asleep; until then the kernel says
	 * "running".
	 */
	for (int i = 0; i < 100; i++) {
		if (!read_syscall(tid, line, sizeof(line)))
			return true;
		if (strcmp(line, "running") != 0)
			return opener_line_may_write(line, tid);
		pause_ms(1);
	}
	return true;
}

bool opener_is_writing(int tid)
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

	if (!read_syscall(tid, line, sizeof(line)))
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
