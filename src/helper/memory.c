// SPDX-License-Identifier: GPL-2.0-only
/* /proc/<tid>/syscall and mem, and the path that is found there. */
#include "helper/jobs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "helper/helper.h"
#include "system/files.h"
#include "system/open_calls.h"

static ssize_t read_memory(int tid, uint64_t address, void *buf, size_t len)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = pread(fd, buf, len, (off_t)address);
	close(fd);
	return n;
}

void memory_open_how(int fd, const void *request, size_t len)
{
	const struct open_how_request *r = request;
	struct open_how_answer answer = { 0 };

	if (len == sizeof(*r) && read_memory(r->tid, r->address, &answer.flags,
					     sizeof(answer.flags)) == sizeof(answer.flags))
		helper_reply(fd, &answer, sizeof(answer), -1);
}

/* The path as the thread sees it. */
static bool find_path(int tid, const struct open_call *call, char *path, size_t len)
{
	char text[512];
	const ssize_t n = read_memory(tid, call->path, text, sizeof(text));

	if (n <= 0 || strnlen(text, (size_t)n) == (size_t)n)
		return false;
	if (text[0] == '/')
		return snprintf(path, len, "/proc/%d/root%s", tid, text) < (int)len;
	if (call->dirfd == AT_FDCWD)
		return snprintf(path, len, "/proc/%d/cwd/%s", tid, text) < (int)len;
	return snprintf(path, len, "/proc/%d/fd/%d/%s", tid, call->dirfd, text) < (int)len;
}

/* Not so when the path leads nowhere any more: its node was put aside. */
static bool leads_elsewhere(const struct open_path_request *r, const struct open_call *call)
{
	char path[640];
	struct stat st;

	if (!find_path(r->tid, call, path, sizeof(path)) || stat(path, &st) < 0)
		return false;
	if (!S_ISCHR(st.st_mode))
		return true;
	for (uint32_t i = 0; i < r->n; i++)
		if (st.st_rdev == r->devs[i])
			return false;
	return !r->major_nr || major(st.st_rdev) != r->major_nr;
}

void memory_open_path(int fd, const void *request, size_t len)
{
	const struct open_path_request *r = request;
	struct open_path_answer answer = { 0 };
	struct open_call call;
	char path[64], line[256];

	if (len != sizeof(*r) || r->n > OPEN_PATH_DEVICES)
		return;
	snprintf(path, sizeof(path), "/proc/%d/syscall", r->tid);
	if (file_read_line(path, line, sizeof(line)) <= 0 || strcmp(line, "running") == 0)
		return;
	answer.outside = !open_call_parse(line, &call) || leads_elsewhere(r, &call);
	helper_reply(fd, &answer, sizeof(answer), -1);
}
