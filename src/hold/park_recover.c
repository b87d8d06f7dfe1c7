// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the processes that an instance which died in a hold has left stopped, by the files that they have open or the
 * call that they make. Any user can give a file any name, so the kernel's numbers count, not a path.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "hold/park.h"
#include "log/log.h"
#include "system/module.h"
#include "system/remoteproc.h"
#include "system/task.h"

struct search {
	ino_t states[REMOTEPROC_MAX]; /* the same in the sysfs of every network namespace */
	size_t n_states;
	dev_t sysfs;	    /* ours */
	unsigned int major; /* of /dev/remoteprocN; 0: there are none */
	size_t continued;
};

static void note_states(struct search *s)
{
	struct remoteproc *all = calloc(REMOTEPROC_MAX, sizeof(*all));
	const size_t n = all ? remoteproc_list(all, REMOTEPROC_MAX) : 0;
	char path[PATH_MAX];
	struct stat st;

	for (size_t i = 0; i < n; i++) {
		remoteproc_attr(&all[i], "state", path);
		if (stat(path, &st) < 0)
			continue;
		s->states[s->n_states++] = st.st_ino;
		s->sysfs = st.st_dev;
	}
	free(all);
}

/* Before 5.14 sysfs does not show the numbers of these devices: they get them behind device_add(). */
static unsigned int device_major(void)
{
	FILE *f = fopen("/proc/devices", "re");
	unsigned int number, major = 0;
	char line[64], name[32];

	while (f && !major && fgets(line, sizeof(line), f))
		if (sscanf(line, "%u %31s", &number, name) == 2 && strcmp(name, "remoteproc") == 0)
			major = number;
	if (f)
		fclose(f);
	return major;
}

/* Whether process @pid sees a sysfs with the number @fs: that of its network namespace. */
static bool sees_sysfs(int pid, dev_t fs)
{
	char path[64], *line = NULL, *type;
	unsigned int ma, mi;
	bool found = false;
	size_t size = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", pid);
	f = fopen(path, "re");
	while (f && !found && getline(&line, &size, f) > 0) {
		type = strstr(line, " - ");
		found = type && strncmp(type, " - sysfs ", 9) == 0 &&
			sscanf(line, "%*u %*u %u:%u", &ma, &mi) == 2 && makedev(ma, mi) == fs;
	}
	if (f)
		fclose(f);
	free(line);
	return found;
}

static bool is_guarded(const struct search *s, int pid, const struct statx *st)
{
	const dev_t fs = makedev(st->stx_dev_major, st->stx_dev_minor);

	if (S_ISCHR(st->stx_mode))
		return s->major && st->stx_rdev_major == s->major;
	for (size_t i = 0; i < s->n_states; i++)
		if (st->stx_ino == s->states[i])
			return fs == s->sysfs || sees_sysfs(pid, fs);
	return false;
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
	return !(flags & O_PATH) && (flags & O_ACCMODE) != O_RDONLY;
}

/* Cached attributes are enough: a file system of a user must not keep us waiting. */
static bool holds_remoteproc(const struct search *s, int pid)
{
	struct dirent *entry;
	bool found = false;
	struct statx st;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir)))
		found = isdigit((unsigned char)entry->d_name[0]) &&
			statx(dirfd(dir), entry->d_name, AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO,
			      &st) == 0 &&
			is_guarded(s, pid, &st) && open_for_writing(pid, entry->d_name);
	closedir(dir);
	return found;
}

/* The right first: of others no lock is taken. */
static bool look_for_removal(pid_t tid, void *arg)
{
	bool *found = arg;

	*found = module_removal_allowed(tid) && module_removal_stopped(tid);
	return !*found;
}

/* After that look it is on its way back to its stop, and does not show as stopped (seen on 5.10 arm64). */
static bool continue_removal(int pid)
{
	const int process = process_open(pid);
	bool removes = false;

	if (process < 0)
		return false;
	threads_each(pid, look_for_removal, &removes);
	removes = removes && process_signal(process, SIGCONT) == 0;
	close(process);
	return removes;
}

static bool recover_one(pid_t pid, const struct task_stat *stat, void *arg)
{
	struct park_ancestors above;
	struct search *s = arg;

	if (pid <= 1 || stat->state != 'T')
		return true;
	park_note_ancestors(&above, pid);
	if (holds_remoteproc(s, pid) ? !park_continue_if_stopped(pid) : !continue_removal(pid))
		return true;
	log_notice("process %d was stopped in an interrupted hold; continued", pid);
	park_continue_ancestors(&above);
	s->continued++;
	return true;
}

size_t park_recover(void)
{
	struct search s = { .major = device_major() };

	note_states(&s);
	processes_each(recover_one, &s);
	return s.continued;
}
