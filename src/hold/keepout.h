/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeping newcomers out of a tty while a stop is held, by putting its node in the host's /dev
 * aside.
 *
 * Programs that close on EIO and open again at once defeat a hang-up otherwise. The node itself is
 * moved, out of the reach of all but root, and moved back: whatever it carries stays with it.
 * Meanwhile its mode is 0: who has an O_PATH descriptor of it needs no name, nor does a bind mount.
 * What was put aside is written down under RUN_DIR first, so that the next instance can put it back
 * when this one dies. The kernel makes a new node by itself at the next start of the remote
 * processor.
 *
 * Nodes in containers: other_nodes.h.
 */
#ifndef RPMSG_GUARD_HOLD_KEEPOUT_H
#define RPMSG_GUARD_HOLD_KEEPOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "system/creds.h"
#include "system/tty.h"

struct keepout {
	struct rpmsg_tty tty;
	char key[80];	      /* of its record, and its name while it is put aside */
	struct stat node;     /* the node as it was; st_rdev 0 when there was none */
	struct rights rights; /* the same, for who could open it */
	bool aside;
	int path_fd; /* O_PATH descriptor of the node: later opens go through it */
};

/* Opens @k->path_fd, puts the node of @tty aside. Negative errno: nothing has changed. */
int keepout_begin(struct keepout *k, const struct rpmsg_tty *tty);

/*
 * Closes the descriptor of a device that is not opened through it: there may be more of them than the guard may have
 * descriptors.
 */
void keepout_close(struct keepout *k);

/* Whether there is a node again: the kernel makes one for a new tty of the same name. */
bool keepout_is_undone(const struct keepout *k);

/* Puts the node back if the tty still exists, and closes the descriptor. */
void keepout_end(struct keepout *k);

/*
 * Puts back what a dead instance left: nodes, the exclusive mode of their ttys, and their registrations
 * in an epoll (pollers.c). Returns the number of nodes put back.
 */
size_t keepout_recover(void);

#endif
