/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often the service has begun since the last boot, and how often it died: kept in RUN_DIR, because an
 * instance that is killed can count nothing.
 */
#ifndef RPMSG_GUARD_SERVICE_STARTS_H
#define RPMSG_GUARD_SERVICE_STARTS_H

#include <stdint.h>

struct starts {
	uint64_t restarts; /* starts but the first */
	uint64_t deaths;   /* instances that did not end in order */
};

/* For the holder of the lock of RUN_DIR. Says if the instance before this one died. */
void starts_begin(struct starts *s);

/* This instance ends in order. */
void starts_end(const struct starts *s);

#endif
