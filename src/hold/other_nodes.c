// SPDX-License-Identifier: GPL-2.0-only
#include "hold/other_nodes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

struct search {
	const char *path; /* "/dev/ttyRPMSG30" */
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

static int remove_in(struct search *s, int dir)
{
	struct stat st;

	if (fstatat(dir, s->name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISCHR(st.st_mode) ||
	    st.st_rdev != s->dev)
		return -ENOENT;
	if (unlinkat(dir, s->name, 0) < 0)
		return -errno;
	if (add(s, dir, &st))
		return 0;
	mknodat(dir, s->name, st.st_mode, st.st_rdev);
	return -ENOMEM;
}

static void look(const char *pid, void *arg)
{
	struct search *s = arg;
	char path[PATH_MAX];
	int dir, err;

	snprintf(path, sizeof(path), "/proc/%s/root%.*s", pid, (int)(s->name - s->path), s->path);
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return;
	err = remove_in(s, dir);
	if (!err)
		return;
	close(dir);
	if (err != -ENOENT)
		log_warning("%s of the container of process %s stays there (%s): who has "
			    "CAP_SYS_ADMIN in it can open it during a stop",
			    s->path, pid, strerror(-err));
}

struct other_nodes *other_nodes_remove(const char *node, dev_t dev)
{
	const char *slash = strrchr(node, '/');
	struct search s = { .path = node, .name = slash ? slash + 1 : node, .dev = dev };

	mount_ns_for_each(look, &s);
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
