/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device nodes of ttys in the /dev of other mount namespaces. A container may have nodes of its
 * own, which do not go when the host's is put aside: a program in it that opens its tty again
 * between the last look and the teardown would be inside. TIOCEXCL does not stand in for this, not
 * even against those without CAP_SYS_ADMIN: it ends with the last descriptor, and nobody may have
 * one by then (a container that reopens at once panicked the kernel in the first stop when its node
 * was left alone).
 *
 * The work is done by helpers (helper/jobs.h). A container whose root does not answer in time keeps
 * its nodes; the log names one of its processes.
 */
#ifndef RPMSG_GUARD_HOLD_OTHER_NODES_H
#define RPMSG_GUARD_HOLD_OTHER_NODES_H

#include <stdbool.h>
#include <stddef.h>

#include "system/tty.h"

struct reach;

/*
 * Puts aside the nodes of the @n @ttys in every /dev that is not the host's, and adds to @reach who
 * may open them. Takes a second at most for each NODES_MAX of them, and as long again when what an earlier hold took
 * is just being put back. Returns whether there is any such /dev; then the hold has to call other_nodes_back() once.
 * @first: it has not returned true in this hold before.
 */
bool other_nodes_aside(const struct rpmsg_tty *ttys, size_t n, struct reach *reach, bool first);

/*
 * Has a thread put back what other_nodes_aside() took, whether the ttys still exist or not: nobody
 * else does so in a container, and with the driver gone an open fails with ENXIO. Does not wait. @ttys is
 * NULL when memory was too short to list them.
 */
void other_nodes_back(const struct rpmsg_tty *ttys, size_t n);

/*
 * Tries again, every now and then, what could not be put back because a container did not answer; but not
 * while a hold has nodes aside. Returns whether something is left. Of one thread.
 */
bool other_nodes_retry(void);

/* Waits until those threads are through: a second or so at most. For the end of the process. */
void other_nodes_wait(void);

/* Puts back whatever a dead instance has left. Returns the number of nodes. */
size_t other_nodes_recover(void);

#endif
