/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads of the kernel that sleep in a send.
 *
 * A tty that echoes makes the kernel itself send: the worker that hands received bytes to the line
 * discipline (flush_to_ldisc() in drivers/tty/tty_buffer.c) writes each echoed character to the driver.
 * On a full ring it sleeps there up to 15 s for each of them, with the locks for which a hang-up and
 * every change of the settings wait. Nobody can wake it: threads of the kernel take no signal and have
 * no tracer. So all that can be done is to say so.
 */
#ifndef RPMSG_GUARD_HOLD_WORKERS_H
#define RPMSG_GUARD_HOLD_WORKERS_H

#include "hold/hold.h"
#include "system/holders.h"

/* Whether @tid is a thread of the kernel. */
bool worker_is(int tid);

/* What the hold waits for is @tid from here on; the log says so once, if that takes long. */
void worker_wait_for(struct hold *h, int tid);

/*
 * The same for any thread of the kernel that sleeps in a send, unless one of the @holders that have the
 * tty of number @i open does. False when none is waited for. Where there are no records of senders.
 */
bool worker_wait_for_any(struct hold *h, size_t i, const struct holder *holders, size_t n);

#endif
