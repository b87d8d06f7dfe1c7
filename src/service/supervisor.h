/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For inits that have no watchdog: runs the service in a child process and looks at its heartbeat. A
 * guard that is alive but stuck blocks every open of a state file, and whoever was turned back at
 * rproc_shutdown() stays stopped; killed, it blocks nobody, and the next one puts right what it
 * left.
 */
#ifndef RPMSG_GUARD_SERVICE_SUPERVISOR_H
#define RPMSG_GUARD_SERVICE_SUPERVISOR_H

#include <stdatomic.h>

/* How long the heartbeat may stand still, and how long it may take to begin. */
#define SUPERVISOR_PATIENCE_MS 10000
#define SUPERVISOR_START_MS 180000 /* the verifier takes its time on a slow board */

/* Returns an exit status; has to increase @heartbeat at least every 2.5 s. */
typedef int (*supervised_fn)(const void *arg, atomic_uint *heartbeat);

/*
 * Runs @fn in a child, again when it was killed or got stuck. Returns its exit status when it ends by
 * itself, or EXIT_STATUS_FAILED when it cannot be kept alive. SIGTERM and SIGINT are passed on.
 */
int supervise(supervised_fn fn, const void *arg);

#endif
