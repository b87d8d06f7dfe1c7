/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RPMSG_GUARD_GUARD_EVENT_FORMAT_H
#define RPMSG_GUARD_GUARD_EVENT_FORMAT_H

#include <stddef.h>

#include "rpmsg-guard/event.h"

/* One line for people: which remote processor, when, what, by whom. */
void event_format(const struct rg_event *event, char *buf, size_t len);

#endif
