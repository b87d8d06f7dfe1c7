// SPDX-License-Identifier: GPL-2.0-only
/* The walks through all processes, and through the threads of one. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/task.h"

/* errno is 0 at the end, or says why it is not the end. */
static struct dirent *next(DIR *dir)
{
	errno = 0;
	return readdir(dir);
}

bool threads_each(pid_t pid, thread_fn fn, void *arg)
{
	struct dirent *entry;
	char path[64];
	bool ok = true;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return task_is_gone_by(-errno);
	while (ok && (entry = next(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			ok = fn(atoi(entry->d_name), arg);
	/* With @ok the loop has ended at readdir(). */
	ok = ok && (!errno || task_is_gone_by(-errno));
	closedir(dir);
	return ok;
}

/*
 * Asking each process what it is takes most of the time of a walk. So it is remembered whether a number in /proc
 * is a thread of the kernel, by pid and inode of its folder: the inode belongs to the task, and the kernel does
 * not give its number to another task before 2^32 numbers have been used up. A task that drops out of the table,
 * by its size or because the inode was evicted, is asked again. No process becomes a thread of the kernel, and
 * only a helper becomes a process (task_stat.may_exec).
 */
#define KNOWN_MAX 1024
/* Pids have 22 bits. */
#define KNOWN_KERNEL (UINT64_C(1) << 63)
#define KNOWN_HELPER (UINT64_C(1) << 62)

static _Atomic(uint64_t) known[KNOWN_MAX];

static uint64_t identity(const struct dirent *entry, pid_t pid)
{
	return entry->d_ino <= UINT32_MAX ? (uint64_t)pid << 32 | entry->d_ino : 0;
}

/* A helper that is a process by now has an executable. */
static bool is_known_kernel_thread(const struct process *p, uint64_t identity)
{
	const uint64_t entry = atomic_load(&known[p->pid % KNOWN_MAX]);
	char path[32], first;

	if (!identity || entry == (identity | KNOWN_KERNEL))
		return identity;
	if (entry != (identity | KNOWN_KERNEL | KNOWN_HELPER))
		return false;
	snprintf(path, sizeof(path), "%.16s/exe", p->name);
	return readlinkat(p->proc, path, &first, 1) < 0;
}

static bool is_known_process(const struct process *p, uint64_t identity)
{
	return identity && atomic_load(&known[p->pid % KNOWN_MAX]) == identity;
}

struct walk {
	bool kernel; /* threads of the kernel, or all others */
	bool whole;  /* no process has been left out that is there */
	glance_fn fn;
	void *arg;
};

/* False when it has gone, or cannot be read. */
static bool learn(const struct process *p, uint64_t identity, bool *kernel)
{
	struct task_stat stat;

	if (!task_stat(p->pid, &stat))
		return false;
	*kernel = stat.kernel_thread;
	if (identity && *kernel)
		identity |= KNOWN_KERNEL | (stat.may_exec ? KNOWN_HELPER : 0);
	atomic_store(&known[p->pid % KNOWN_MAX], identity);
	return true;
}

static bool visit(struct walk *w, const struct process *p, uint64_t identity)
{
	bool kernel = false;

	if (!w->kernel && is_known_kernel_thread(p, identity))
		return true;
	if (!is_known_process(p, identity) && !learn(p, identity, &kernel)) {
		w->whole &= !task_is_there(p->pid);
		return true;
	}
	return kernel != w->kernel || w->fn(p, w->arg);
}

static bool each(bool kernel, glance_fn fn, void *arg)
{
	struct walk w = { .kernel = kernel, .whole = true, .fn = fn, .arg = arg };
	const pid_t self = getpid();
	DIR *dir = opendir("/proc");
	struct process p;
	struct dirent *entry;
	bool ok = true;

	if (!dir)
		return false;
	p.proc = dirfd(dir);
	while (ok && (entry = next(dir))) {
		p.name = entry->d_name;
		p.pid = (pid_t)strtol(p.name, NULL, 10);
		if (p.pid > 0 && p.pid != self)
			ok = visit(&w, &p, identity(entry, p.pid));
	}
	ok = ok && !errno && w.whole;
	closedir(dir);
	return ok;
}

bool processes_glance(glance_fn fn, void *arg)
{
	return each(false, fn, arg);
}

struct look {
	process_fn fn;
	void *arg;
	bool whole;
};

static bool look(const struct process *p, void *arg)
{
	struct look *l = arg;
	struct task_stat stat;

	if (task_stat(p->pid, &stat))
		return l->fn(p->pid, &stat, l->arg);
	l->whole &= !task_is_there(p->pid);
	return true;
}

bool processes_each(process_fn fn, void *arg)
{
	struct look l = { fn, arg, true };

	return each(false, look, &l) && l.whole;
}

bool kernel_threads_each(process_fn fn, void *arg)
{
	struct look l = { fn, arg, true };

	return each(true, look, &l) && l.whole;
}

unsigned int process_threads(const struct process *p)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "%.16s/task", p->name);
	return fstatat(p->proc, path, &st, 0) == 0 && st.st_nlink > 2
		       ? (unsigned int)st.st_nlink - 2
		       : 1;
}
