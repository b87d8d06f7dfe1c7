/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The load of a validation: a process for each device with some threads that write through one
 * descriptor as fast as it takes it, round after round. They are processes, because a kernel that
 * survives its oops has killed whoever ran into it, and they behave as programs do that do not
 * notice a hang-up: a round ends with the close of the descriptor, long after the stop.
 */
#ifndef RPMSG_GUARD_VALIDATE_WORKLOAD_H
#define RPMSG_GUARD_VALIDATE_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/run.h"

#define SENDERS_MAX 16 /* threads of each device */

struct workload;

/* Starts them, at rest. Before any thread of the caller. Returns 0 or a negative errno. */
int workload_start(struct workload **out, const struct validate_run *run);

/* A round begins: each opens its device, for which it waits as long as it takes, and writes. */
void workload_go(struct workload *workload);

/*
 * Waits until all devices are written to (or a write does not come back). When that is not so
 * in time, returns false and the reason.
 */
bool workload_wait_busy(struct workload *workload, unsigned int timeout_ms, char *reason,
			size_t len);

/* Writes that have come back since the start, failed ones left out. */
uint64_t workload_writes(const struct workload *workload);

/* The round ends. Waits until every descriptor is closed; false and the reason when it takes longer. */
bool workload_rest(struct workload *workload, unsigned int timeout_ms, char *reason, size_t len);

/* Ends those that can end; one that is stuck in the kernel is left to it. */
void workload_free(struct workload *workload);

#endif
