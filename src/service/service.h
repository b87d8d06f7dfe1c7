/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The root service: one event loop over the marked files, the kernel side's events, remote
 * processors that come and go, and the status socket.
 */
#ifndef RPMSG_GUARD_SERVICE_SERVICE_H
#define RPMSG_GUARD_SERVICE_SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "guard/guard.h"
#include "hold/other_sysfs.h"
#include "hold/watch.h"
#include "service/slot.h"
#include "service/unbind.h"

struct service {
	const struct config *config;
	enum level level;
	bool observe_only;   /* never interfere: nothing is marked, nothing is refused */
	struct guard *guard; /* NULL below level "observe" */
	struct watch *watch; /* NULL when observe_only */
	struct other_sysfs *other_sysfs; /* NULL without watch */
	struct episodes *episodes;	 /* NULL when none are kept */
	struct bound bound;
	struct slot slots[REMOTEPROC_MAX];
	struct ticket tickets[TICKETS_MAX]; /* opens of "unbind" files */
	uint64_t started_ms;
	int epoll_fd, signal_fd, timer_fd, uevent_fd, done_fd, control_fd;
	atomic_uint *heartbeat; /* or NULL */
	bool ending;		/* asked to end; goes on until no hold is left */
	int status;		/* what the service ends with */
	bool told_ready;	/* systemd has taken "READY=1" */
	bool guard_failed;	/* the last refresh of the kernel side, said once */
	int begin_error;	/* of the last slot that could not be begun, said once */
	long tick_ms;		/* what the timer is set to */
	uint64_t last_scan_ms;
};

/*
 * Runs until it is asked to end. Returns an exit status. @heartbeat, which may be NULL, is increased
 * at least once a second.
 */
int service_run(const struct config *config, bool observe_only, atomic_uint *heartbeat);

#endif
