// SPDX-License-Identifier: GPL-2.0-only
/* Each namespace is known by the inode of its file in /proc/<pid>/ns. */
#include "system/mount_ns.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "system/task.h"

struct seen {
	ino_t *inodes;
	size_t n, room;
};

static bool is_seen(const struct seen *seen, ino_t inode)
{
	for (size_t i = 0; i < seen->n; i++)
		if (seen->inodes[i] == inode)
			return true;
	return false;
}

/* Without memory a namespace is visited once for each process, which is only slow. */
static void note(struct seen *seen, ino_t inode)
{
	ino_t *more;

	if (seen->n == seen->room) {
		more = realloc(seen->inodes, (seen->room + 64) * sizeof(*more));
		if (!more)
			return;
		seen->inodes = more;
		seen->room += 64;
	}
	seen->inodes[seen->n++] = inode;
}

struct walk {
	struct seen seen;
	ino_t user;
	mount_ns_fn fn;
	void *arg;
};

/* The link says it ("mnt:[4026531841]"); to follow it costs several times as much. */
static ino_t mount_ns_of(const struct process *p)
{
	char path[32], link[32];
	const char *number;
	ssize_t n;

	snprintf(path, sizeof(path), "%.16s/ns/mnt", p->name);
	n = readlinkat(p->proc, path, link, sizeof(link) - 1);
	link[n > 0 ? n : 0] = '\0';
	number = strchr(link, '[');
	return number ? (ino_t)strtoull(number + 1, NULL, 10) : 0;
}

static bool visit(const struct process *p, void *arg)
{
	struct walk *w = arg;
	const ino_t inode = mount_ns_of(p);

	/* A process of another user namespace must not make a mount namespace known. */
	if (!inode || is_seen(&w->seen, inode) || task_namespace(p->name, "user") != w->user)
		return true;
	note(&w->seen, inode);
	w->fn(p->name, w->arg);
	return true;
}

void mount_ns_for_each(mount_ns_fn fn, void *arg)
{
	struct walk w = { .user = task_namespace("self", "user"), .fn = fn, .arg = arg };
	const ino_t ours = task_namespace("self", "mnt");

	/* The walk leaves this process out. */
	if (ours) {
		note(&w.seen, ours);
		fn("self", arg);
	}
	processes_glance(visit, &w);
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
