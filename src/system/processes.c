// SPDX-License-Identifier: GPL-2.0-only
#include "system/processes.h"

#include <ctype.h>
#include <dirent.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool threads_each(pid_t pid, thread_fn fn, void *arg)
{
	struct dirent *entry;
	char path[64];
	bool ok = true;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return true; /* it has ended meanwhile */
	while (ok && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			ok = fn(atoi(entry->d_name), arg);
	closedir(dir);
	return ok;
}

/*
 * Kernel threads are most of what /proc lists, and asking each what it is takes most of the time of
 * a walk. So those that were found to be one are remembered, by pid and inode of their folder: the
 * inode belongs to the task, and the kernel does not give its number to another one before 2^32 have
 * been used up. Whoever drops out of the table, by its size or because the inode was evicted, is
 * asked again.
 */
#define KNOWN_MAX 1024

static _Atomic(uint64_t) known[KNOWN_MAX];

static uint64_t identity(const struct dirent *entry, pid_t pid)
{
	return entry->d_ino <= UINT32_MAX ? (uint64_t)pid << 32 | entry->d_ino : 0;
}

/*
 * Not by the table alone: a helper that the kernel starts (modprobe) is a kernel thread up to its
 * exec, before 5.18, and a process from there on. Then it has an executable.
 */
static bool is_known_kernel_thread(int procfd, const char *name, uint64_t identity, pid_t pid)
{
	char path[32], first;

	if (!identity || atomic_load(&known[pid % KNOWN_MAX]) != identity)
		return false;
	snprintf(path, sizeof(path), "%.16s/exe", name);
	return readlinkat(procfd, path, &first, 1) < 0;
}

struct walk {
	DIR *dir;
	pid_t self;
	process_fn fn;
	void *arg;
};

static bool visit(const struct walk *w, const struct dirent *entry)
{
	const pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
	const uint64_t id = identity(entry, pid);
	struct task_stat stat;

	if (pid <= 0 || pid == w->self ||
	    is_known_kernel_thread(dirfd(w->dir), entry->d_name, id, pid) || !task_stat(pid, &stat))
		return true;
	if (stat.kernel_thread)
		atomic_store(&known[pid % KNOWN_MAX], id);
	return stat.kernel_thread || w->fn(pid, &stat, w->arg);
}

bool processes_each(process_fn fn, void *arg)
{
	struct walk w = { opendir("/proc"), getpid(), fn, arg };
	struct dirent *entry;
	bool ok = true;

	if (!w.dir)
		return false;
	while (ok && (entry = readdir(w.dir)))
		ok = visit(&w, entry);
	closedir(w.dir);
	return ok;
}
