/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Unbinding a driver through sysfs. One "unbind" file serves all devices of a driver, and which of
 * them is meant is written only after the open: so every remote processor that is up and hangs on
 * the driver is held, and the open is answered when all are safe. Then the ones whose virtqueues
 * went are down, and the others go on.
 */
#ifndef RPMSG_GUARD_SERVICE_UNBIND_H
#define RPMSG_GUARD_SERVICE_UNBIND_H

#include <stdbool.h>
#include <stdint.h>

#include "hold/watch.h"
#include "system/drivers.h"

#define TICKETS_MAX 8

struct service;

/* One open of an "unbind" file. */
struct ticket {
	bool used;
	bool let_go;  /* answered; the caller may write now */
	bool refused; /* by one of the slots */
	uint64_t asked_ms, let_go_ms;
	int answer, tid, target;
	char path[UNBIND_PATH_MAX];
	char reason[256]; /* why it was refused */
};

/* Sets the marks for the remote processors that there are now. */
void unbind_mark(struct service *sv);

void unbind_request(struct service *sv, const struct watch_event *event);
void unbind_closed(struct service *sv, const struct watch_event *event);

/* To be called whenever a slot may have gone on. */
void unbind_tick(struct service *sv);

bool unbind_is_busy(const struct service *sv);

#endif
