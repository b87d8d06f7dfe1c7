// SPDX-License-Identifier: GPL-2.0-only
/* Moving a node of the host's /dev aside and back, and the record of it for the next instance. */
#include "hold/keepout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "hold/hangup.h"
#include "hold/steps.h"
#include "log/log.h"
#include "system/chardev.h"
#include "system/files.h"
#include "system/run_dir.h"

#define KIND "kept-out"

/*
 * What the record and the node are called that was put aside: as the node below /dev, with '!' for '/' as
 * sysfs has it. Two classes may each have a device of the same name, with nodes in folders of their own.
 */
static void name_it(struct keepout *k)
{
	snprintf(k->key, sizeof(k->key), "%s", k->tty.node + strlen("/dev/"));
	for (char *c = k->key; *c; c++)
		if (*c == '/')
			*c = '!';
}

static int note(const struct keepout *k)
{
	char text[128];

	snprintf(text, sizeof(text), "%u %u %o %u %u %s\n", major(k->node.st_rdev),
		 minor(k->node.st_rdev), k->node.st_mode & 07777, k->node.st_uid, k->node.st_gid,
		 k->tty.name);
	return record_write(KIND, k->key, text);
}

static bool read_note(const char *key, struct keepout *k)
{
	unsigned int major_nr, minor_nr, mode, uid, gid;
	char text[128];
	int n;

	memset(k, 0, sizeof(*k));
	k->path_fd = -1;
	snprintf(k->key, sizeof(k->key), "%s", key);
	if (record_read(KIND, key, text, sizeof(text)) <= 0)
		return false;
	n = sscanf(text, "%u %u %o %u %u %63[^\n]", &major_nr, &minor_nr, &mode, &uid, &gid,
		   k->tty.name);
	if (n < 5)
		return false;
	/* By an instance of version 0.1: the two were the same. */
	if (n == 5)
		snprintf(k->tty.name, sizeof(k->tty.name), "%s", key);
	k->node.st_rdev = k->tty.dev = makedev(major_nr, minor_nr);
	if (!chardev_node(k->tty.dev, k->tty.node, sizeof(k->tty.node)))
		snprintf(k->tty.node, sizeof(k->tty.node), "/dev/%s", k->tty.name);
	k->node.st_mode = S_IFCHR | (mode & 07777);
	k->node.st_uid = uid;
	k->node.st_gid = gid;
	return true;
}

/*
 * Where nodes are put aside: beside the others in /dev, because a move within a file system keeps
 * the access control list, the security label and what the kernel knows of the node (it removes it
 * with the tty); and in a folder for root alone, because the name would not be a secret.
 */
#define ASIDE_DIR "/dev/.rpmsg-guard"

static void aside_path(const struct keepout *k, char *path, size_t len)
{
	snprintf(path, len, ASIDE_DIR "/%s", k->key);
}

/* Everything else in /dev is root's, but somebody may have made a folder of that name for all. */
static int make_aside_dir(void)
{
	struct stat st;

	if (mkdir(ASIDE_DIR, 0700) < 0 && errno != EEXIST)
		return -errno;
	if (lstat(ASIDE_DIR, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode) || st.st_uid != 0 || st.st_mode & 077)
		return -EPERM;
	return 0;
}

/* For a tty whose node somebody else removed: a node that exists only while it is opened. */
static int open_hidden(const struct rpmsg_tty *tty)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	/* Not where another hold may have put the node of that name aside. */
	snprintf(path, sizeof(path), ASIDE_DIR "/.hidden-%u:%u", major(tty->dev), minor(tty->dev));
	unlink(path);
	if (mknod(path, S_IFCHR | 0600, tty->dev) < 0)
		return -errno;
	fd = file_open_node(AT_FDCWD, path, tty->dev, &st);
	unlink(path);
	return fd;
}

static int put_aside(const struct keepout *k)
{
	char path[PATH_MAX];
	int err;

	aside_path(k, path, sizeof(path));
	if (rename(k->tty.node, path) < 0)
		return -errno;
	err = file_set_node_mode(k->path_fd, 0);
	if (err)
		rename(path, k->tty.node);
	return err;
}

int keepout_begin(struct keepout *k, const struct rpmsg_tty *tty)
{
	int err = make_aside_dir();

	memset(k, 0, sizeof(*k));
	k->tty = *tty;
	k->path_fd = -1;
	name_it(k);
	if (err)
		return err;
	k->path_fd = file_open_node(AT_FDCWD, tty->node, tty->dev, &k->node);
	if (k->path_fd == -ENOENT || k->path_fd == -ENODEV) {
		memset(&k->node, 0, sizeof(k->node));
		k->path_fd = open_hidden(tty);
		return k->path_fd < 0 ? k->path_fd : 0;
	}
	if (k->path_fd < 0)
		return k->path_fd;

	k->rights = rights_of(k->path_fd);
	err = note(k);
	if (!err) {
		err = put_aside(k);
		if (err)
			record_remove(KIND, k->key);
	}
	k->aside = !err;
	if (err)
		keepout_end(k);
	return err;
}

bool keepout_is_undone(const struct keepout *k)
{
	struct stat st;

	return stat(k->tty.node, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == k->tty.dev;
}

/* Only when nothing is left of the node itself: somebody has emptied the folder. */
static void make_anew(const struct keepout *k)
{
	/* The mode last: until then nobody but root can open it. */
	if (mknod(k->tty.node, S_IFCHR | 0600, k->node.st_rdev) < 0 ||
	    chown(k->tty.node, k->node.st_uid, k->node.st_gid) < 0 ||
	    chmod(k->tty.node, k->node.st_mode & 0777) < 0)
		log_warning("%s: the node could not be created again: %s", k->tty.node,
			    strerror(errno));
}

static void put_node_back(const struct keepout *k, const char *path, int node)
{
	if (node < 0)
		make_anew(k);
	/* The mode first: nobody finds it without, and until then nobody but root can open it. */
	else if (file_set_node_mode(node, k->node.st_mode) < 0 || rename(path, k->tty.node) < 0)
		log_warning("%s: the node could not be restored: %s", k->tty.node, strerror(errno));
}

/*
 * Where there is a node, the kernel has made it meanwhile, for a tty that was announced again: that
 * one stays. Without a tty the kernel would have removed the node in its place; but another device
 * by that name is a later hold's.
 */
static void restore(const struct keepout *k)
{
	const bool exists = chardev_exists(k->tty.name, k->node.st_rdev);
	char path[PATH_MAX];
	struct stat st;
	int node;

	aside_path(k, path, sizeof(path));
	node = file_open_node(AT_FDCWD, path, k->tty.dev, &st);
	if (exists && lstat(k->tty.node, &st) < 0)
		put_node_back(k, path, node);
	else if (exists || node >= 0)
		unlink(path);
	if (node >= 0)
		close(node);
	record_remove(KIND, k->key);
}

void keepout_close(struct keepout *k)
{
	if (k->path_fd >= 0)
		close(k->path_fd);
	k->path_fd = -1;
}

void keepout_end(struct keepout *k)
{
	if (k->aside)
		restore(k);
	k->aside = false;
	keepout_close(k);
}

static bool recover_one(const char *key)
{
	struct keepout k;

	if (!read_note(key, &k))
		return false;
	restore(&k);
	if (!chardev_exists(k.tty.name, k.node.st_rdev))
		return false;
	pollers_recover(k.tty.dev, k.tty.node);
	/*
	 * The dead instance may have left a tty exclusive, and its port out of order. To open another
	 * device may do anything.
	 */
	if (chardev_is_tty(k.tty.dev))
		k.path_fd = file_open_node(AT_FDCWD, k.tty.node, k.tty.dev, &k.node);
	if (k.path_fd >= 0) {
		hangup_mend(k.path_fd);
		close(k.path_fd);
	}
	log_notice("%s: node restored after an interrupted hold", k.tty.node);
	return true;
}

size_t keepout_recover(void)
{
	return records_count(KIND, recover_one);
}
