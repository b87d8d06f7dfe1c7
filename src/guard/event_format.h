/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RPMSG_GUARD_GUARD_EVENT_FORMAT_H
#define RPMSG_GUARD_GUARD_EVENT_FORMAT_H

#include <stddef.h>

#include "rpmsg-guard/event.h"

/* One line for people: which remote processor, when, what, by whom. */
void event_format(const struct rg_event *event, char *buf, size_t len);

/* Of that line, what happened. */
void event_describe(const struct rg_event *event, char *buf, size_t len);

/* The kernel function that called, "state_store+0x5c/0x80 [remoteproc]", or NULL for most events. */
const char *event_origin(const struct rg_event *event);

#endif
