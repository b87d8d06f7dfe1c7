// SPDX-License-Identifier: GPL-2.0-only
/* Each namespace is known by the inode of its file in /proc/<pid>/ns. */
#include "system/mount_ns.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "system/task.h"

struct seen {
	ino_t *inodes;
	size_t n, room;
};

/* Without memory a namespace is visited once for each process, which is only slow. */
static bool is_new(struct seen *seen, ino_t inode)
{
	ino_t *more;

	for (size_t i = 0; i < seen->n; i++)
		if (seen->inodes[i] == inode)
			return false;
	if (seen->n == seen->room) {
		more = realloc(seen->inodes, (seen->room + 64) * sizeof(*more));
		if (!more)
			return true;
		seen->inodes = more;
		seen->room += 64;
	}
	seen->inodes[seen->n++] = inode;
	return true;
}

struct walk {
	struct seen seen;
	ino_t user;
	mount_ns_fn fn;
	void *arg;
};

static bool visit(pid_t pid, const struct task_stat *stat, void *arg)
{
	struct walk *w = arg;
	char name[16];
	ino_t inode;

	(void)stat;
	snprintf(name, sizeof(name), "%d", pid);
	inode = task_namespace(name, "mnt");
	/*
	 * In this order: a process of another user namespace must not make a mount namespace known.
	 */
	if (inode && task_namespace(name, "user") == w->user && is_new(&w->seen, inode))
		w->fn(name, w->arg);
	return true;
}

void mount_ns_for_each(mount_ns_fn fn, void *arg)
{
	struct walk w = { .user = task_namespace("self", "user"), .fn = fn, .arg = arg };
	const ino_t ours = task_namespace("self", "mnt");

	/* The walk leaves this process out. */
	if (ours && is_new(&w.seen, ours))
		fn("self", arg);
	processes_each(visit, &w);
	free(w.seen.inodes);
}

void mount_ns_mounted_on(const char *pid, const char *mount_point, char *what, size_t len)
{
	char path[64], device[32], root[128], point[128], *line = NULL;
	size_t room = 0;
	FILE *f;

	what[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%.16s/mountinfo", pid);
	f = fopen(path, "re");
	if (!f)
		return;
	/* The last mount lies on top. */
	while (getline(&line, &room, f) > 0)
		if (sscanf(line, "%*d %*d %31s %127s %127s", device, root, point) == 3 &&
		    strcmp(point, mount_point) == 0)
			snprintf(what, len, "%s %s", device, root);
	free(line);
	fclose(f);
}
