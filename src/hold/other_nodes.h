/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device nodes of a tty in the /dev of other mount namespaces. A privileged container has nodes of
 * its own, which do not go when the host's is taken away, and TIOCEXCL does not stop a process with
 * CAP_SYS_ADMIN: it could open the tty again between the last look and the teardown. So these nodes
 * are taken away for the time of a hold as well.
 */
#ifndef RPMSG_GUARD_HOLD_OTHER_NODES_H
#define RPMSG_GUARD_HOLD_OTHER_NODES_H

#include <stddef.h>
#include <sys/types.h>

struct other_devs;
struct other_nodes;

/*
 * Finds every /dev that is not ours, in one walk of /proc for all ttys of a hold. NULL without
 * memory, which counts as none.
 */
struct other_devs *other_devs_open(void);
void other_devs_close(struct other_devs *devs);

/*
 * Takes away every node of device @dev called @node ("/dev/ttyRPMSG30") in @devs. NULL when there is none. One that cannot be taken away is logged.
 */
struct other_nodes *other_nodes_remove(const struct other_devs *devs, const char *node, dev_t dev);

/*
 * Puts them back with owner and mode, whether the tty still exists or not: nobody else does so in
 * a container, and with the driver gone an open fails with ENXIO.
 */
void other_nodes_put_back(struct other_nodes *nodes);

#endif
