/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the steps of a hold have in common: how they wait, and how they say what they wait for.
 * Only for src/hold.
 */
#ifndef RPMSG_GUARD_HOLD_STEPS_H
#define RPMSG_GUARD_HOLD_STEPS_H

#include "hold/hold.h"

/* What a step that waits came to. */
enum waited { WAITED_DONE, WAITED_TIMED_OUT, WAITED_CANCELLED, WAITED_FAILED };

typedef bool (*condition_fn)(struct hold *h, void *arg);

/*
 * Looks at a condition again and again, more and more seldom: most are fulfilled within a
 * millisecond, the others within seconds. Never returns WAITED_FAILED.
 */
enum waited hold_wait(struct hold *h, uint64_t deadline_ms, condition_fn condition, void *arg);

void hold_set_state(struct hold *h, enum hold_state state);
void hold_set_waiting(struct hold *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Something could not be done that safety rests on. The stop is refused or let through as unsafe,
 * as after a time-out; the rest of the sequence would prove nothing.
 */
void hold_give_up(struct hold *h, const char *node, const char *what, int err);

/* What was waited for last becomes the reason of a refusal. */
void hold_blame(struct hold *h);

/* Steps that the log has no line for, or another one. */
void hold_mark(const struct hold *h, const struct hold_step *step);
void hold_mark_tty(const struct hold *h, enum timeline_event event, const char *node);

#endif
