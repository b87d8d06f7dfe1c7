// SPDX-License-Identifier: GPL-2.0-only
#include "hold/keepout.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "hold/hangup.h"
#include "log/log.h"
#include "system/files.h"
#include "system/run_dir.h"

#define RECORD_DIR RUN_DIR "/kept-out"

/* '!' stands for '/' in sysfs names already, so a tty's name is a file name. */
static void record_path(const char *tty_name, char *path, size_t len)
{
	snprintf(path, len, RECORD_DIR "/%s", tty_name);
}

static int record_write(const struct keepout *k)
{
	char path[PATH_MAX], text[64];

	if (mkdir(RECORD_DIR, 0755) < 0 && errno != EEXIST)
		return -errno;
	record_path(k->tty.name, path, sizeof(path));
	snprintf(text, sizeof(text), "%u %u %o %u %u\n", major(k->node.st_rdev),
		 minor(k->node.st_rdev), k->node.st_mode & 07777, k->node.st_uid, k->node.st_gid);
	return file_replace(path, text);
}

static void record_remove(const struct keepout *k)
{
	char path[PATH_MAX];

	record_path(k->tty.name, path, sizeof(path));
	unlink(path);
}

static bool record_read(const char *name, struct keepout *k)
{
	unsigned int major_nr, minor_nr, mode, uid, gid;
	char path[PATH_MAX], text[64];

	memset(k, 0, sizeof(*k));
	k->path_fd = -1;
	record_path(name, path, sizeof(path));
	if (file_read_line(path, text, sizeof(text)) <= 0 ||
	    sscanf(text, "%u %u %o %u %u", &major_nr, &minor_nr, &mode, &uid, &gid) != 5)
		return false;
	snprintf(k->tty.name, sizeof(k->tty.name), "%s", name);
	snprintf(k->tty.node, sizeof(k->tty.node), "/dev/%s", k->tty.name);
	k->node.st_rdev = k->tty.dev = makedev(major_nr, minor_nr);
	k->node.st_mode = S_IFCHR | (mode & 07777);
	k->node.st_uid = uid;
	k->node.st_gid = gid;
	k->removed = true;
	return true;
}

/* Whether sysfs still has a tty of this name with this number; a new one may carry either. */
static bool tty_exists(const struct keepout *k)
{
	char path[PATH_MAX], text[32];
	unsigned int major_nr, minor_nr;

	snprintf(path, sizeof(path), "/sys/class/tty/%s/dev", k->tty.name);
	return file_read_line(path, text, sizeof(text)) > 0 &&
	       sscanf(text, "%u:%u", &major_nr, &minor_nr) == 2 &&
	       makedev(major_nr, minor_nr) == k->node.st_rdev;
}

static int open_path(const char *path, dev_t dev, struct stat *st)
{
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstat(fd, st) == 0 && S_ISCHR(st->st_mode) && st->st_rdev == dev)
		return fd;
	close(fd);
	return -ENODEV;
}

/* For a tty whose node somebody else removed: a node that exists only while it is opened. */
static int open_hidden(const struct rpmsg_tty *tty)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "/dev/.rpmsg-guard-%s", tty->name);
	unlink(path);
	if (mknod(path, S_IFCHR | 0600, tty->dev) < 0)
		return -errno;
	fd = open_path(path, tty->dev, &st);
	unlink(path);
	return fd;
}

static int keepout_host(struct keepout *k, const struct rpmsg_tty *tty)
{
	int err;

	k->path_fd = open_path(tty->node, tty->dev, &k->node);
	if (k->path_fd == -ENOENT || k->path_fd == -ENODEV) {
		memset(&k->node, 0, sizeof(k->node));
		k->path_fd = open_hidden(tty);
		return k->path_fd < 0 ? k->path_fd : 0;
	}
	if (k->path_fd < 0)
		return k->path_fd;

	err = record_write(k);
	if (!err && unlink(tty->node) < 0) {
		err = -errno;
		record_remove(k);
	}
	k->removed = !err;
	if (err) {
		close(k->path_fd);
		k->path_fd = -1;
	}
	return err;
}

int keepout_begin(struct keepout *k, const struct rpmsg_tty *tty, const struct other_devs *others)
{
	int err;

	memset(k, 0, sizeof(*k));
	k->tty = *tty;
	err = keepout_host(k, tty);
	if (!err)
		k->others = other_nodes_remove(others, tty->node, tty->dev);
	return err;
}

static void put_node_back(const struct keepout *k)
{
	/* The mode last: until then nobody but root can open it. */
	if (mknod(k->tty.node, S_IFCHR | 0600, k->node.st_rdev) < 0) {
		if (errno != EEXIST)
			log_warning("%s could not be put back: %s", k->tty.node, strerror(errno));
		return;
	}
	if (chown(k->tty.node, k->node.st_uid, k->node.st_gid) < 0 ||
	    chmod(k->tty.node, k->node.st_mode & 07777) < 0)
		log_warning("%s: owner and mode could not be put back: %s", k->tty.node,
			    strerror(errno));
}

void keepout_end(struct keepout *k)
{
	other_nodes_put_back(k->others);
	k->others = NULL;
	if (k->removed) {
		if (tty_exists(k))
			put_node_back(k);
		record_remove(k);
		k->removed = false;
	}
	if (k->path_fd >= 0)
		close(k->path_fd);
	k->path_fd = -1;
}

static bool recover_one(const char *name)
{
	struct keepout k;
	bool back = false;

	if (!record_read(name, &k))
		return false;
	if (tty_exists(&k)) {
		put_node_back(&k);
		back = true;
		/* The dead instance may have left it exclusive, and its port out of order. */
		k.path_fd = open_path(k.tty.node, k.tty.dev, &k.node);
		if (k.path_fd >= 0)
			hangup_mend(k.path_fd);
	}
	k.removed = false;
	record_remove(&k);
	keepout_end(&k);
	return back;
}

size_t keepout_recover(void)
{
	DIR *dir = opendir(RECORD_DIR);
	struct dirent *entry;
	size_t n = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && recover_one(entry->d_name)) {
			log_notice("/dev/%s put back after an interrupted hold", entry->d_name);
			n++;
		}
	closedir(dir);
	return n;
}
