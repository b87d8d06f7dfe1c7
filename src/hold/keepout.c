// SPDX-License-Identifier: GPL-2.0-only
#include "hold/keepout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "hold/hangup.h"
#include "log/log.h"
#include "system/files.h"
#include "system/records.h"

#define KIND "kept-out"

static int note(const struct keepout *k)
{
	char text[64];

	snprintf(text, sizeof(text), "%u %u %o %u %u\n", major(k->node.st_rdev),
		 minor(k->node.st_rdev), k->node.st_mode & 07777, k->node.st_uid, k->node.st_gid);
	return record_write(KIND, k->tty.name, text);
}

static bool read_note(const char *name, struct keepout *k)
{
	unsigned int major_nr, minor_nr, mode, uid, gid;
	char text[64];

	memset(k, 0, sizeof(*k));
	k->path_fd = -1;
	if (record_read(KIND, name, text, sizeof(text)) <= 0 ||
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

	err = note(k);
	if (!err && unlink(tty->node) < 0) {
		err = -errno;
		record_remove(KIND, k->tty.name);
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

bool keepout_is_undone(const struct keepout *k)
{
	struct stat st;

	return stat(k->tty.node, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == k->tty.dev;
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
		record_remove(KIND, k->tty.name);
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

	if (!read_note(name, &k))
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
	record_remove(KIND, name);
	keepout_end(&k);
	if (back)
		log_notice("/dev/%s put back after an interrupted hold", name);
	return back;
}

size_t keepout_recover(void)
{
	return records_count(KIND, recover_one);
}
