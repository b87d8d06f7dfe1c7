/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Driving the race: start, senders, stop, and what the kernel side has seen of it, again and again.
 */
#ifndef RPMSG_GUARD_VALIDATE_DRIVE_H
#define RPMSG_GUARD_VALIDATE_DRIVE_H

#include <stddef.h>

#include "kernel_side/kside.h"
#include "system/remoteproc.h"
#include "validate/run.h"
#include "validate/workload.h"

struct drive {
	const struct remoteproc *rp;
	struct kside *kside; /* at level "observe" */
	struct workload *workload;
	int state_fd;
};

/*
 * Runs the cycles that @run plans; @rp is offline, before and after. Every step is in the state file
 * before it is done. When it cannot go on the reason is in @reason, else that is "". A SIGINT, SIGTERM
 * or SIGHUP, which the caller has blocked, ends it after a cycle: it would interrupt a stop. Returns
 * 0, or a negative errno when the state file cannot be written.
 */
int drive_cycles(const struct drive *drive, const struct validate_run *run, char *reason,
		 size_t len);

#endif
