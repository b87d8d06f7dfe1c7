/* SPDX-License-Identifier: GPL-2.0-only */
/* Ending programs that keep a device open (on_open_descriptor = kill). */
#ifndef RPMSG_GUARD_HOLD_ENDING_H
#define RPMSG_GUARD_HOLD_ENDING_H

#include "hold/steps.h"

/* Between SIGTERM and SIGKILL, and after that. */
#define ENDING_GRACE_MS 2000

/* Sends SIGTERM, then SIGKILL, until @closed. As hold_wait(). */
enum waited holders_end(struct hold *h, condition_fn closed);

#endif
