// SPDX-License-Identifier: GPL-2.0-only
/* Continues processes that were stopped for a hold, and those that have stopped along with them. */
#include "hold/park.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log/log.h"
#include "system/module.h"
#include "system/task.h"

/*
 * One that is stopped already is noted as well: a parent may be quicker to react to the stop of its
 * child than we are. That somebody else had stopped it before, and its child not, is rare.
 */
void park_note_ancestors(struct park_ancestors *a, int pid)
{
	struct task_stat stat;

	a->n = 0;
	if (!task_stat(pid, &stat))
		return;
	while (a->n < PARK_ANCESTORS && stat.parent > 1) {
		pid = stat.parent;
		if (!task_stat(pid, &stat))
			return;
		a->pids[a->n++] = pid;
	}
}

/* By a descriptor, taken before the look: what is continued is what was seen to be stopped. */
static bool continue_stopped(int pid)
{
	const int process = process_open(pid);
	bool stopped;

	if (process < 0)
		return false;
	stopped = task_is_stopped(pid) && process_signal(process, SIGCONT) == 0;
	close(process);
	return stopped;
}

void park_continue_ancestors(const struct park_ancestors *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (continue_stopped(a->pids[i]))
			log_debug("process %d stopped together with its child; continued",
				  a->pids[i]);
}

void park_continue_if_stopped(int pid)
{
	continue_stopped(pid);
}

/* "/sys/.../remoteproc/remoteproc0/state" or "/dev/remoteproc0" */
static bool names_remoteproc(const char *path)
{
	const char *last = strrchr(path, '/');

	if (!last)
		return false;
	if (strcmp(last, "/state") == 0)
		return strstr(path, "/remoteproc/remoteproc");
	return strncmp(last, "/remoteproc", 11) == 0 && isdigit((unsigned char)last[11]);
}

static bool open_for_writing(int pid, const char *fd)
{
	char path[64], line[64];
	unsigned int flags = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.16s", pid, fd);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "flags: %o", &flags) == 1)
			break;
	fclose(f);
	return (flags & O_ACCMODE) != O_RDONLY;
}

static bool holds_remoteproc(int pid)
{
	char path[64], target[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	ssize_t n;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir))) {
		n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		if (n <= 0)
			continue;
		target[n] = '\0';
		found = names_remoteproc(target) && open_for_writing(pid, entry->d_name);
	}
	closedir(dir);
	return found;
}

/* The right first: of others no lock is taken. */
static bool not_in_removal(pid_t tid, void *arg)
{
	(void)arg;
	return !module_removal_allowed(tid) || !module_removal_stopped(tid);
}

/* After that look it is on its way back to its stop, and does not show as stopped (seen on 5.10 arm64). */
static bool continue_removal(int pid)
{
	const int process = process_open(pid);
	bool removes;

	if (process < 0)
		return false;
	removes = !threads_each(pid, not_in_removal, NULL) && process_signal(process, SIGCONT) == 0;
	close(process);
	return removes;
}

static bool recover_one(pid_t pid, const struct task_stat *stat, void *arg)
{
	struct park_ancestors above;
	size_t *n = arg;

	if (pid <= 1 || stat->state != 'T')
		return true;
	park_note_ancestors(&above, pid);
	if (holds_remoteproc(pid) ? !continue_stopped(pid) : !continue_removal(pid))
		return true;
	log_notice("process %d was stopped in an interrupted hold; continued", pid);
	park_continue_ancestors(&above);
	(*n)++;
	return true;
}

size_t park_recover(void)
{
	size_t n = 0;

	processes_each(recover_one, &n);
	return n;
}
