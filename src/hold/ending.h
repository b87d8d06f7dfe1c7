/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ending programs that keep a device open (on_open_descriptor = kill).
 *
 * A descriptor can be in a program that never opened the device: a user that may open it can send it to a
 * daemon, which has it in its table before it reads the message. /proc does not show who opened a file. So
 * these programs are not ended, and the stop is refused with their names:
 *
 *  - process 1, and the guard's own processes;
 *  - a program whose credentials do not allow it to open the host's node: it got the descriptor from
 *    another program, or it gave up the right since;
 *  - a program that the system protects from the kernel's own kills: a negative oom_score_adj, which a user
 *    cannot set. The units of dbus-daemon and of udevd set it, and an administrator can set it for others.
 */
#ifndef RPMSG_GUARD_HOLD_ENDING_H
#define RPMSG_GUARD_HOLD_ENDING_H

#include "hold/steps.h"

/* Between SIGTERM and SIGKILL, and after that. */
#define ENDING_GRACE_MS 2000

/* Sends SIGTERM, then SIGKILL, until @closed. As hold_wait(). */
enum waited holders_end(struct hold *h, condition_fn closed);

#endif
