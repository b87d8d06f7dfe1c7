// SPDX-License-Identifier: GPL-2.0-only
/* Reads /proc/<tid>/mem, and answers what an open by openat2() asks for. */
#include "helper/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "helper/helper.h"
#include "helper/jobs.h"

ssize_t memory_read(int tid, uint64_t address, void *buf, size_t len)
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

	if (len == sizeof(*r) && memory_read(r->tid, r->address, &answer.flags,
					     sizeof(answer.flags)) == sizeof(answer.flags))
		helper_reply(fd, &answer, sizeof(answer), -1);
}
