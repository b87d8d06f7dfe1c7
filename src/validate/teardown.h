/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel side tells of one stop, and whether it tells enough: a kernel side that sees no teardown
 * sees no sender inside it either.
 */
#ifndef RPMSG_GUARD_VALIDATE_TEARDOWN_H
#define RPMSG_GUARD_VALIDATE_TEARDOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rpmsg-guard/event.h"

struct teardown {
	uint32_t rproc;
	int64_t inside; /* records, of whatever remote processor, when a virtqueue was deleted */
	bool virtqueue_deleted, resources_freed;
};

/* A kside_event_fn; @arg is the struct teardown. */
void teardown_note(const struct rg_event *event, void *arg);

/* False with a @reason when the stop was not seen. */
bool teardown_seen(const struct teardown *t, char *reason, size_t len);

#endif
