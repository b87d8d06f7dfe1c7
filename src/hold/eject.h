/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ejection: getting senders out of a send in which they sleep for want of a buffer, so that the
 * stop of a hung remote processor need not wait for the transmit timeout of 15 s.
 *
 * The kernel side hands a sender that wakes up a buffer to leave with (bpf/eject.bpf.h); this half
 * wakes it. PTRACE_SEIZE and PTRACE_INTERRUPT do that without a signal that the program could see,
 * and let go of it again as soon as it has reached user mode.
 */
#ifndef RPMSG_GUARD_HOLD_EJECT_H
#define RPMSG_GUARD_HOLD_EJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "guard/guard.h"

struct eject;

/*
 * Begins an ejection of senders of remoteproc<index>. A tracee belongs to the thread that seized it:
 * all calls have to come from the same one. Returns NULL when there are no means for it.
 */
struct eject *eject_begin(struct guard *guard, int index);

/*
 * Wakes those of @senders that sleep for a buffer and were not woken yet, and lets those go on that
 * have reached user mode. Returns how many are still on their way; to be called until there is none.
 */
size_t eject_step(struct eject *e, const struct guard_sender *senders, size_t n);

/* How many have been woken so far. */
size_t eject_count(const struct eject *e);

/* One that could not be woken because a debugger has it; 0 when there is none. */
int eject_traced(const struct eject *e);

/* Ends it. Who is still inside a send goes on there. */
void eject_end(struct eject *e);

#endif
