/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event loop of the service. It waits for nothing but events: what takes time is posted to the thread
 * of a remote processor (rproc/rproc.h) or to the chores (chores.h).
 */
#ifndef RPMSG_GUARD_SERVICE_LOOP_H
#define RPMSG_GUARD_SERVICE_LOOP_H

#include "service/service.h"

/* All descriptors are open: has them polled from here on. */
void loop_poll(struct service *sv);

/* Until the service has been asked to end, and no hold is left. */
void loop_run(struct service *sv);

#endif
