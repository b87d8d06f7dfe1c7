// SPDX-License-Identifier: GPL-2.0-only
/* A tracer that does nothing but be there: nobody else can trace the same threads then. */
#include <ctype.h>
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "load.h"

static bool seize_threads(pid_t pid)
{
	struct dirent *entry;
	char path[32];
	bool ok = true;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while (ok && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			ok = ptrace(PTRACE_SEIZE, atoi(entry->d_name), NULL, NULL) == 0;
	closedir(dir);
	return ok;
}

static void trace_parent(int ready_fd)
{
	const char ok = seize_threads(getppid()) ? 1 : 0;
	int fd;

	/* A device that it inherited would be held open by the tracer, too. */
	for (fd = 3; fd < 1024; fd++)
		if (fd != ready_fd)
			close(fd);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (write(ready_fd, &ok, 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

bool start_tracer(void)
{
	char ok = 0;
	int fds[2];

	if (pipe(fds) < 0)
		return false;
	switch (fork()) {
	case -1:
		return false;
	case 0:
		trace_parent(fds[1]);
	}
	return read(fds[0], &ok, 1) == 1 && ok;
}
