/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel side reports, in words and as lines of a timeline. All of this may be called by any
 * thread at any time.
 */
#ifndef RPMSG_GUARD_KERNEL_SIDE_EVENT_H
#define RPMSG_GUARD_KERNEL_SIDE_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel_side/flight.h"
#include "rpmsg-guard/event.h"
#include "system/kallsyms.h"
#include "timeline/lines.h"

/* Has the texts that its line points to, so it must stay where it is. */
struct event_line {
	struct line_event line;
	char rproc[24], comm[17], channel[RG_CHANNEL_SIZE + 1], text[256];
	char caller[160]; /* the kernel function that called, for events that have one */
};

/*
 * Reads the kernel's symbols, which takes a while on a board, when rproc_shutdown() was called by a function
 * that is not known: the first time since modules changed, and not one that handles a write.
 */
void event_line(const struct rg_event *event, struct event_line *out);

/* A caller was turned back with EBUSY at once, and not parked. */
bool event_is_refusal(const struct rg_event *event);

/* One line for people: which remote processor, when, what, by whom. Takes as long. */
void event_format(const struct rg_event *event, char *buf, size_t len);

/* @out points into @send. */
void flight_line(const struct flight_send *send, struct line_send *out);

/* For kside_refresh(): functions that will call, and that what is known of any is no longer true. */
void event_know_caller(const struct kallsyms_function *function);
void event_forget_callers(void);

#endif
