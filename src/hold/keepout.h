/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeping newcomers out of a tty while a stop is held, by taking its node out of devtmpfs.
 *
 * Programs that close on EIO and open again at once defeat a hang-up otherwise. What was taken away
 * is written down under RUN_DIR first, so that the next instance can put it back when this one dies.
 * The kernel makes the node anew by itself at the next start of the remote processor.
 */
#ifndef RPMSG_GUARD_HOLD_KEEPOUT_H
#define RPMSG_GUARD_HOLD_KEEPOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "hold/other_nodes.h"
#include "system/tty.h"

struct keepout {
	struct rpmsg_tty tty;
	struct stat node; /* the node as it was; st_rdev 0 when there was none */
	bool removed;
	struct other_nodes *others; /* in containers, NULL when there are none */
	int path_fd;		    /* O_PATH descriptor of the node: later opens go through it */
};

/*
 * Opens @k->path_fd and removes the node of @tty. Returns 0 or a negative errno, with nothing
 * changed.
 */
int keepout_begin(struct keepout *k, const struct rpmsg_tty *tty, const struct other_devs *others);

/* Whether there is a node again: the kernel makes one for a new tty of the same name. */
bool keepout_is_undone(const struct keepout *k);

/* Puts the node back if the tty still exists, and closes the descriptor. */
void keepout_end(struct keepout *k);

/*
 * Puts back what a dead instance left: nodes, and the exclusive mode of their ttys. Returns the
 * number of nodes put back.
 */
size_t keepout_recover(void);

#endif
