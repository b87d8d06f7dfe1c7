// SPDX-License-Identifier: GPL-2.0-only
/* Descriptors of other processes, as /proc/<pid>/fd lists them. */
#include "system/holders.h"
#include "system/files.h"
#include "system/task.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* One descriptor of a thread, and the file behind it. */
struct descriptor {
	pid_t tid;
	const char *name; /* its number */
	struct statx st;
};

typedef bool (*match_fn)(const struct descriptor *d, void *arg);

/*
 * The link text is read first: a stat() of every socket and pipe on the system would cost several
 * times as much, and only paths can be devices or sysfs files.
 */
static bool is_path(int dirfd, const char *name)
{
	char first;

	return readlinkat(dirfd, name, &first, 1) == 1 && first == '/';
}

/* Cached attributes are enough: a file on a dead NFS server must not keep us waiting. */
static bool look(int dirfd, const char *name, struct statx *st)
{
	return statx(dirfd, name, AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO, st) == 0;
}

/* How often the clock is read, in descriptors, and how often the caller is asked whether the look goes on. */
#define CLOCK_EVERY 32
#define ASK_EVERY_MS 20

/* How far a look at descriptors may go; NULL where it has no limit. */
struct pace {
	struct holder_look *look;
	unsigned int left;   /* descriptors of this process that may be looked at now */
	unsigned int looked; /* of this process */
	bool cut;	     /* there were more */
	uint64_t asked_ms;
};

static bool time_is_up(struct pace *p)
{
	struct holder_look *l = p->look;
	const uint64_t now = clock_ms();

	if (now >= l->until_ms)
		return true;
	if (!l->unwanted || now - p->asked_ms < ASK_EVERY_MS)
		return false;
	p->asked_ms = now;
	return l->unwanted(l->arg);
}

/* To be asked before each descriptor. */
static bool ends_here(struct pace *p)
{
	if (!p)
		return false;
	if (p->looked % CLOCK_EVERY == 0 && time_is_up(p))
		p->look->unfinished = true;
	p->cut |= p->looked == p->left;
	if (p->cut || p->look->unfinished)
		return true;
	p->looked++;
	return false;
}

static bool thread_matches(pid_t tid, match_fn match, void *arg, struct pace *pace)
{
	struct dirent *entry;
	struct descriptor d = { .tid = tid };
	bool found = false;
	char path[64];
	DIR *dir;

	/* Threads are not listed in /proc, but are there. */
	snprintf(path, sizeof(path), "/proc/%d/fd", tid);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir)) && !ends_here(pace)) {
		d.name = entry->d_name;
		found = isdigit((unsigned char)d.name[0]) && is_path(dirfd(dir), d.name) &&
			look(dirfd(dir), d.name, &d.st) && match(&d, arg);
	}
	closedir(dir);
	return found;
}

struct inode_id {
	dev_t fs;
	ino_t inode;
};

static bool is_inode(const struct descriptor *d, void *arg)
{
	const struct inode_id *id = arg;

	return makedev(d->st.stx_dev_major, d->st.stx_dev_minor) == id->fs &&
	       d->st.stx_ino == id->inode;
}

bool thread_holds_inode(pid_t tid, dev_t fs, ino_t inode)
{
	struct inode_id id = { fs, inode };

	return thread_matches(tid, is_inode, &id, NULL);
}

struct devices {
	const dev_t *devs;
	size_t n;
	uint64_t open; /* a bit for each of them */
	pid_t looked_at;
	unsigned int more; /* threads that may be looked at beside that one */
	struct pace *pace;
};

/*
 * A descriptor of O_PATH is one of the node: the device is not open, and every user may have one. What
 * cannot be read counts as open.
 */
static bool is_open(const struct descriptor *d)
{
	char path[64], line[64];
	unsigned int flags = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.16s", d->tid, d->name);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "flags: %o", &flags) == 1)
			break;
	if (f)
		fclose(f);
	return !(flags & O_PATH);
}

/* True, which ends the search, when all devices have been found. */
static bool note_device(const struct descriptor *descriptor, void *arg)
{
	const struct statx *st = &descriptor->st;
	const dev_t dev = makedev(st->stx_rdev_major, st->stx_rdev_minor);
	struct devices *d = arg;

	for (size_t i = 0; S_ISCHR(st->stx_mode) && i < d->n; i++)
		if (d->devs[i] == dev && is_open(descriptor))
			d->open |= UINT64_C(1) << i;
	return d->open == (UINT64_MAX >> (64 - d->n));
}

static bool look_at_thread(pid_t tid, void *arg)
{
	struct devices *d = arg;

	return tid == d->looked_at ||
	       (!thread_matches(tid, note_device, d, d->pace) && --d->more > 0);
}

/*
 * Threads need not share a table (CLONE_FILES not set, unshare()), and the table of the first
 * thread is gone when it has ended before the others. Only kcmp() tells which threads share a
 * table, and kcmp() waits for an execve() of theirs, for as long as a file system takes to flush a
 * file. So the tables of a few threads are all looked at, mostly the same table. Of more threads,
 * only the table of the first is, and of others when that one has none any more: what is decided does not
 * rest on a look (hangup_ask()) but for some devices that are no ttys, the look is for names.
 */
#define THREADS_MAX 8

static bool first_has_ended(pid_t pid)
{
	struct task_stat stat;

	return task_stat(pid, &stat) && stat.state == 'Z';
}

static uint64_t find_devices(pid_t pid, unsigned int threads, const dev_t *devs, size_t n,
			     struct pace *pace)
{
	struct devices d = {
		.devs = devs, .n = n, .looked_at = pid, .more = THREADS_MAX, .pace = pace
	};

	if (n && !thread_matches(pid, note_device, &d, pace) && threads > 1 &&
	    (threads <= THREADS_MAX || first_has_ended(pid)))
		threads_each(pid, look_at_thread, &d);
	return d.open;
}

uint64_t process_devices(pid_t pid, unsigned int threads, const dev_t *devs, size_t n)
{
	return find_devices(pid, threads, devs, n, NULL);
}

uint64_t process_devices_now(pid_t pid, const dev_t *devs, size_t n, struct holder_look *look)
{
	struct pace pace = { .look = look, .left = UINT_MAX };
	struct task_stat stat;

	return task_stat(pid, &stat) ? find_devices(pid, stat.threads, devs, n, &pace) : 0;
}

/*
 * Any user can have processes with half a million descriptors each. So they come last: first everything is
 * looked at that has the few descriptors which most programs have.
 */
#define FEW 64

/* In which order the others are looked at, the first last. */
enum rank { RANK_NO_RIGHT, RANK_COULD_OPEN, RANK_HAS_OPEN, RANKS };

struct postponed {
	pid_t pid;
	enum rank rank;
};

struct walk {
	const dev_t *devs;
	size_t n_devs;
	struct holder_look *look;
	holder_fn fn;
	void *arg;
	struct pace pace;
	struct postponed *later;
	size_t n_later, room;
	bool ended; /* there is no time for more, or @fn wants no more */
};

static enum rank rank_of(const struct holder_look *l, pid_t pid, uint64_t open)
{
	if (open)
		return RANK_HAS_OPEN;
	return !l->n_rights || thread_could_open(pid, l->rights, l->n_rights,
						 RIGHT_READ | RIGHT_WRITE)
		       ? RANK_COULD_OPEN
		       : RANK_NO_RIGHT;
}

static bool postpone(struct walk *w, pid_t pid, uint64_t open)
{
	struct postponed *later;

	if (w->n_later == w->room) {
		w->room = w->room ? 2 * w->room : 64;
		later = realloc(w->later, w->room * sizeof(*later));
		if (!later) {
			w->look->unfinished = true;
			return false;
		}
		w->later = later;
	}
	w->later[w->n_later++] = (struct postponed){ pid, rank_of(w->look, pid, open) };
	return true;
}

static void note_longest(struct holder_look *l, pid_t pid, unsigned int looked)
{
	if (looked <= l->most)
		return;
	l->most = looked;
	l->longest = pid;
}

static bool look_at(struct walk *w, pid_t pid, const struct task_stat *stat)
{
	struct holder holder = { .pid = pid };

	w->pace.looked = 0;
	w->pace.cut = false;
	holder.devices = find_devices(pid, stat->threads, w->devs, w->n_devs, &w->pace);
	note_longest(w->look, pid, w->pace.looked);
	if (w->pace.cut)
		return postpone(w, pid, holder.devices);
	if (!holder.devices)
		return !w->look->unfinished;
	task_comm(pid, holder.comm);
	return w->fn(&holder, w->arg) && !w->look->unfinished;
}

static bool visit(pid_t pid, const struct task_stat *stat, void *arg)
{
	struct walk *w = arg;

	w->ended = !look_at(w, pid, stat);
	return !w->ended;
}

static void visit_postponed(struct walk *w)
{
	struct task_stat stat;

	w->pace.left = UINT_MAX;
	for (int rank = RANKS - 1; rank >= 0; rank--)
		for (size_t i = 0; i < w->n_later; i++)
			if ((int)w->later[i].rank == rank && task_stat(w->later[i].pid, &stat) &&
			    !visit(w->later[i].pid, &stat, w))
				return;
}

void devices_holders_each(const dev_t *devs, size_t n, struct holder_look *look, holder_fn fn,
			  void *arg)
{
	struct walk w = { .devs = devs,
			  .n_devs = n,
			  .look = look,
			  .fn = fn,
			  .arg = arg,
			  .pace = { .look = look, .left = FEW } };

	/* A process that cannot be read may have the device open. */
	if (n && !processes_each(visit, &w) && !w.ended)
		look->unfinished = true;
	if (n && !w.ended)
		visit_postponed(&w);
	free(w.later);
}

struct found {
	struct holder *out;
	size_t n, max;
};

static bool note_holder(const struct holder *holder, void *arg)
{
	struct found *f = arg;

	f->out[f->n] = *holder;
	return ++f->n < f->max;
}

size_t devices_holders(const dev_t *devs, size_t n, struct holder_look *look, struct holder *out,
		       size_t max)
{
	struct found f = { .out = out, .max = max };

	devices_holders_each(devs, n, look, note_holder, &f);
	return f.n;
}

void holders_format(const struct holder *holders, size_t n, char *buf, size_t len)
{
	size_t used = 0;
	char one[48];

	buf[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		snprintf(one, sizeof(one), "%s%s (pid %d)", i ? ", " : "", holders[i].comm,
			 holders[i].pid);
		if (used + strlen(one) + sizeof(" and 999 more") >= len) {
			snprintf(buf + used, len - used, " and %zu more", n - i);
			return;
		}
		strcpy(buf + used, one);
		used += strlen(one);
	}
}
