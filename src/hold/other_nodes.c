// SPDX-License-Identifier: GPL-2.0-only
#include "hold/other_nodes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/log.h"
#include "system/mount_ns.h"

struct other_node {
	int dir; /* O_PATH */
	struct stat st;
};

struct other_nodes {
	char name[32];
	size_t n;
	struct other_node node[];
};

/* A /dev that is another folder than ours. */
struct other_dev {
	int dir; /* O_PATH */
	int pid; /* somebody who sees it */
};

struct other_devs {
	struct stat ours;
	struct other_dev *dev;
	size_t n;
};

static bool is_known(const struct other_devs *d, const struct stat *st)
{
	struct stat known;

	if (st->st_dev == d->ours.st_dev && st->st_ino == d->ours.st_ino)
		return true;
	for (size_t i = 0; i < d->n; i++)
		if (fstat(d->dev[i].dir, &known) == 0 && st->st_dev == known.st_dev &&
		    st->st_ino == known.st_ino)
			return true;
	return false;
}

static bool keep(struct other_devs *d, int dir, const char *pid)
{
	struct other_dev *more = realloc(d->dev, (d->n + 1) * sizeof(*more));

	if (!more)
		return false;
	d->dev = more;
	d->dev[d->n++] = (struct other_dev){ dir, atoi(pid) };
	return true;
}

static void look(const char *pid, void *arg)
{
	struct other_devs *d = arg;
	char path[64];
	struct stat st;
	int dir;

	snprintf(path, sizeof(path), "/proc/%.16s/root/dev", pid);
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return;
	if (fstat(dir, &st) < 0 || is_known(d, &st) || !keep(d, dir, pid))
		close(dir);
}

struct other_devs *other_devs_open(void)
{
	struct other_devs *d = calloc(1, sizeof(*d));

	if (d && stat("/dev", &d->ours) == 0)
		mount_ns_for_each(look, d);
	return d;
}

void other_devs_close(struct other_devs *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		close(d->dev[i].dir);
	free(d->dev);
	free(d);
}

struct search {
	const char *name; /* "ttyRPMSG30" */
	dev_t dev;
	struct other_nodes *found;
};

static bool add(struct search *s, int dir, const struct stat *st)
{
	const size_t n = s->found ? s->found->n : 0;
	struct other_nodes *found = realloc(s->found,
					    sizeof(*found) + (n + 1) * sizeof(found->node[0]));

	if (!found)
		return false;
	s->found = found;
	snprintf(found->name, sizeof(found->name), "%s", s->name);
	found->node[n] = (struct other_node){ dir, *st };
	found->n = n + 1;
	return true;
}

static int remove_in(struct search *s, int other_dev)
{
	struct stat st;
	int dir;

	if (fstatat(other_dev, s->name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISCHR(st.st_mode) ||
	    st.st_rdev != s->dev)
		return -ENOENT;
	dir = fcntl(other_dev, F_DUPFD_CLOEXEC, 0);
	if (dir < 0)
		return -errno;
	if (unlinkat(dir, s->name, 0) == 0) {
		if (add(s, dir, &st))
			return 0;
		mknodat(dir, s->name, st.st_mode, st.st_rdev);
		errno = ENOMEM;
	}
	close(dir);
	return -errno;
}

struct other_nodes *other_nodes_remove(const struct other_devs *d, const char *node, dev_t dev)
{
	const char *slash = strrchr(node, '/');
	struct search s = { .name = slash ? slash + 1 : node, .dev = dev };
	int err;

	for (size_t i = 0; d && i < d->n; i++) {
		err = remove_in(&s, d->dev[i].dir);
		if (err && err != -ENOENT)
			log_warning("%s of the container of process %d stays there (%s): who has "
				    "CAP_SYS_ADMIN in it can open it during a stop",
				    node, d->dev[i].pid, strerror(-err));
	}
	return s.found;
}

void other_nodes_put_back(struct other_nodes *nodes)
{
	if (!nodes)
		return;
	for (size_t i = 0; i < nodes->n; i++) {
		const struct other_node *n = &nodes->node[i];

		/* The mode last: until then nobody but root can open it. */
		if (mknodat(n->dir, nodes->name, S_IFCHR | 0600, n->st.st_rdev) < 0 ||
		    fchownat(n->dir, nodes->name, n->st.st_uid, n->st.st_gid, 0) < 0 ||
		    fchmodat(n->dir, nodes->name, n->st.st_mode & 07777, 0) < 0)
			log_warning("%s of a container could not be put back: %s", nodes->name,
				    strerror(errno));
		close(n->dir);
	}
	free(nodes);
}
