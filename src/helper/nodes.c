// SPDX-License-Identifier: GPL-2.0-only
/*
 * Putting aside the nodes of a container, and putting them back.
 *
 * The record is written before anything is moved, and removed after everything is back: a helper
 * that is killed in between has left a record of what there is to do, or of nothing.
 */
#include "helper/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "helper/helper.h"
#include "system/files.h"
#include "system/run_dir.h"

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif

/* The folder of a container, and that it is none of ours. */
struct folder {
	int fd;
	struct stat st;
};

/* One node that was put aside, as its record has it. */
struct aside {
	char name[64];
	unsigned long long dev, folder_fs, folder_inode, node_inode;
	unsigned int mode;
};

/*
 * Step by step: "/dev" may be a link, and one that begins with "/" would be followed from our root.
 * Returns -ENOENT for the host's own folder.
 */
static int open_folder(pid_t pid, struct folder *f)
{
	struct stat ours;
	char path[32];
	int root;

	snprintf(path, sizeof(path), "/proc/%d/root", pid);
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	/* It has ended: what others of its namespace see is for another one to say. */
	if (root < 0)
		return -ESRCH;
	f->fd = openat(root, "dev", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	close(root);
	if (f->fd < 0 || fstat(f->fd, &f->st) < 0 || stat("/dev", &ours) < 0)
		return -errno;
	return f->st.st_dev == ours.st_dev && f->st.st_ino == ours.st_ino ? -ENOENT : 0;
}

static int move(const struct folder *f, const char *from, const char *to)
{
	return syscall(SYS_renameat2, f->fd, from, f->fd, to, RENAME_NOREPLACE) < 0 ? -errno : 0;
}

static void aside_name(const char *name, char *out, size_t len)
{
	snprintf(out, len, NODE_ASIDE_PREFIX "%.63s", name);
}

static int write_record(const struct folder *f, const struct node_name *n, const struct stat *st,
			char *record, size_t len)
{
	char text[256];

	snprintf(record, len, "%.63s@%llx-%llx", n->name, (unsigned long long)f->st.st_dev,
		 (unsigned long long)f->st.st_ino);
	snprintf(text, sizeof(text), "%llu %llu %llu %llu %o %s\n", (unsigned long long)n->dev,
		 (unsigned long long)f->st.st_dev, (unsigned long long)f->st.st_ino,
		 (unsigned long long)st->st_ino, (unsigned int)st->st_mode & 0777, n->name);
	return record_write(NODES_RECORD, record, text);
}

static bool read_record(const char *record, struct aside *a)
{
	char text[256];

	return record_read(NODES_RECORD, record, text, sizeof(text)) > 0 &&
	       sscanf(text, "%llu %llu %llu %llu %o %63s", &a->dev, &a->folder_fs, &a->folder_inode,
		      &a->node_inode, &a->mode, a->name) == 6;
}

/* Of the very node that was looked at. When another one took its name meanwhile: @changed. */
static int set_mode(const struct folder *f, const char *name, uint64_t dev, uint64_t inode,
		    mode_t mode, int changed)
{
	struct stat st;
	int node = file_open_node(f->fd, name, dev, &st), err = changed;

	if (node < 0)
		return node;
	if (st.st_ino == inode && st.st_dev == f->st.st_dev)
		err = file_set_node_mode(node, mode);
	close(node);
	return err;
}

/*
 * The mode first: until the name is back nobody but root of the container can open it. When
 * somebody has made another node of the name meanwhile, that one stays.
 */
static int put_back(const struct folder *f, const struct aside *a)
{
	char name[96];
	int err;

	aside_name(a->name, name, sizeof(name));
	err = set_mode(f, name, a->dev, a->node_inode, a->mode, -ENODEV);
	if (!err)
		err = move(f, name, a->name);
	if (err == -EEXIST)
		err = unlinkat(f->fd, name, 0) < 0 ? -errno : 0;
	return err;
}

static bool lies_aside(const struct folder *f, const char *name, uint64_t dev)
{
	struct stat st;
	const int node = file_open_node(f->fd, name, dev, &st);

	if (node >= 0)
		close(node);
	return node >= 0;
}

static int put_aside(const struct folder *f, const struct node_name *n, const struct stat *st)
{
	char name[96], record[160];
	int err;

	aside_name(n->name, name, sizeof(name));
	/* Its owner has made a node anew since: that one is put back, the one aside is no use. */
	if (lies_aside(f, name, n->dev))
		unlinkat(f->fd, name, 0);
	err = write_record(f, n, st, record, sizeof(record));
	if (err)
		return err;
	err = move(f, n->name, name);
	if (err) {
		/* Another helper was quicker, in the same folder by way of another namespace. */
		if (!lies_aside(f, name, n->dev))
			record_remove(NODES_RECORD, record);
		return err;
	}
	/* Its name is known, and not everybody in the container is root. */
	err = set_mode(f, name, n->dev, st->st_ino, 0, -EBUSY);
	if (!err)
		return 0;
	if (move(f, name, n->name) == 0)
		record_remove(NODES_RECORD, record);
	return err;
}

static bool valid(const struct nodes_request *r, size_t len)
{
	if (len != sizeof(*r) || r->n > NODES_MAX)
		return false;
	for (uint32_t i = 0; i < r->n; i++)
		if (strnlen(r->nodes[i].name, sizeof(r->nodes[i].name)) ==
			    sizeof(r->nodes[i].name) ||
		    strchr(r->nodes[i].name, '/'))
			return false;
	return true;
}

static void put_all_aside(const struct folder *f, const struct nodes_request *r,
			  struct nodes_answer *answer)
{
	struct stat st;
	int node, err;

	answer->n = r->n;
	for (uint32_t i = 0; i < r->n; i++) {
		node = file_open_node(f->fd, r->nodes[i].name, r->nodes[i].dev, &st);
		if (node < 0)
			continue;
		answer->nodes[i].rights = rights_of(node);
		close(node);
		/* Bound there from elsewhere, mostly from the host's /dev: not the container's. */
		err = st.st_dev == f->st.st_dev ? put_aside(f, &r->nodes[i], &st) : -EBUSY;
		answer->nodes[i].outcome = !err		    ? NODE_MOVED
					   : err == -ENOENT ? NODE_NONE
							    : NODE_STAYS;
		answer->nodes[i].error = -err;
	}
}

/* What records_count() has no argument for. */
static struct {
	const struct folder *folder;
	const struct nodes_request *request;
	int asker; /* -1: nobody any more, it is our own doing that is undone */
} going_back;

static bool is_asked_for(const char *name)
{
	const struct nodes_request *r = going_back.request;

	for (uint32_t i = 0; i < r->n; i++)
		if (strcmp(r->nodes[i].name, name) == 0)
			return true;
	return r->n == 0;
}

static bool put_record_back(const char *record)
{
	const struct folder *f = going_back.folder;
	struct aside a = { 0 };
	int err;

	if (!read_record(record, &a) || a.folder_fs != f->st.st_dev ||
	    a.folder_inode != f->st.st_ino || !is_asked_for(a.name))
		return false;
	/* Too late, and another hold may need it to be away. */
	if (going_back.asker >= 0 && !helper_is_wanted(going_back.asker))
		return false;
	err = put_back(f, &a);
	/* Gone, or replaced by its owner: there is nothing left to do. */
	if (!err || err == -ENOENT || err == -ENODEV)
		record_remove(NODES_RECORD, record);
	return !err;
}

static size_t put_all_back(const struct folder *f, const struct nodes_request *r, int asker)
{
	going_back.folder = f;
	going_back.request = r;
	going_back.asker = asker;
	return records_count(NODES_RECORD, put_record_back);
}

/* Those that this helper has moved, and no others: nobody knows of them. */
static void undo(const struct folder *f, const struct nodes_request *r,
		 const struct nodes_answer *answer)
{
	static struct nodes_request moved;

	for (uint32_t i = 0; i < answer->n; i++)
		if (answer->nodes[i].outcome == NODE_MOVED)
			moved.nodes[moved.n++] = r->nodes[i];
	if (moved.n)
		put_all_back(f, &moved, -1);
}

/* A /dev that is a link leads anywhere: programs there find the node, and we do not follow. */
static void say_it_stays(const struct nodes_request *r, struct nodes_answer *answer, int err)
{
	answer->n = r->n;
	for (uint32_t i = 0; i < r->n; i++) {
		answer->nodes[i].outcome = NODE_STAYS;
		answer->nodes[i].error = -err;
		answer->nodes[i].rights.mode = 0777;
	}
}

static bool is_no_folder(int err)
{
	return err == -ENOTDIR || err == -ELOOP;
}

void nodes_aside(int fd, const void *request, size_t len)
{
	static struct nodes_answer answer;
	const struct nodes_request *r = request;
	struct folder f;
	int err;

	if (!valid(r, len))
		return;
	err = open_folder(r->pid, &f);
	/* Getting there may have taken for ever. */
	if (!err && helper_is_wanted(fd))
		put_all_aside(&f, r, &answer);
	else if (is_no_folder(err))
		say_it_stays(r, &answer, err);
	else if (err && err != -ENOENT)
		return;
	if (!helper_reply(fd, &answer, sizeof(answer), -1) || !helper_is_heard(fd))
		undo(&f, r, &answer);
}

void nodes_back(int fd, const void *request, size_t len)
{
	const struct nodes_request *r = request;
	uint32_t n = 0;
	struct folder f;
	int err;

	if (!valid(r, len))
		return;
	err = open_folder(r->pid, &f);
	if (!err)
		n = (uint32_t)put_all_back(&f, r, fd);
	if (!err || err == -ENOENT || is_no_folder(err))
		helper_reply(fd, &n, sizeof(n), -1);
}
