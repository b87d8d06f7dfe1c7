/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which rpmsg channels have a driver whose probe is over.
 *
 * A channel becomes a child of its virtio device only after its driver was probed (device_add() in
 * drivers/base/core.c). On 5.10, one that is being probed when rpmsg_remove() walks the children is missed: it
 * outlives the virtqueues, its tty stays, and the next channel of that name fails with -EEXIST (seen). Later,
 * announcements come through an endpoint of the driver rpmsg_ns, whose device is an earlier child: to destroy
 * that endpoint waits for the callback that runs the probe, and the new channel is at the end of the list then.
 *
 * sysfs links a channel to its driver before the probe; only the uevent "bind" (since 4.14,
 * commit 1455cf8dbfd0) tells when it is over.
 */
#ifndef RPMSG_GUARD_SYSTEM_BOUND_H
#define RPMSG_GUARD_SYSTEM_BOUND_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "system/remoteproc.h"

/* "virtio<number>.<name>.<src>.<dst>": a name has 31 bytes, each number at most 11 (rpmsg_register_device()). */
#define BOUND_NAME 80

/*
 * Used from several threads. All remote processors are in one set, and firmware or a program may make any number of
 * channels (RPMSG_CREATE_DEV_IOCTL). So the set has no limit: a channel takes far more memory in the kernel.
 */
struct bound {
	pthread_mutex_t lock;
	bool told; /* uevents arrive; without them no probe is ever thought to be under way */
	char (*names)[BOUND_NAME]; /* in the order of strcmp() */
	size_t n, room;
};

/* What is there now counts as probed. @told: uevents were subscribed to before. */
void bound_begin(struct bound *b, bool told);
void bound_end(struct bound *b);

/* Takes one message of the kernel's uevent socket. Only messages of rpmsg channels count. */
void bound_uevent(struct bound *b, const char *message, size_t len);

/* Messages were lost: the set is read anew. */
void bound_lost(struct bound *b);

/* Whether a driver is being probed for a channel of @rp; @name (BOUND_NAME) says which channel. */
bool bound_is_probing(struct bound *b, const struct remoteproc *rp, char *name);

/* Whether the teardown itself waits for the probe of a channel that was announced, and finds the channel then. */
bool bound_teardown_waits(void);

#endif
