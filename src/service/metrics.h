/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The status as metrics, in the text format of Prometheus (version 0.0.4). docs/monitoring.md explains each.
 */
#ifndef RPMSG_GUARD_SERVICE_METRICS_H
#define RPMSG_GUARD_SERVICE_METRICS_H

#include <stdint.h>
#include <stdio.h>

struct json_object;

enum metrics_use {
	METRICS_NOW,
	METRICS_KEPT, /* read later: nothing in it may be true only now */
};

/* @status is of status_build(); @wall_ms is clock_wall_ms(). */
void metrics_print(FILE *out, struct json_object *status, enum metrics_use use, int64_t wall_ms);

/* There is no service. */
void metrics_print_down(FILE *out);

#endif
