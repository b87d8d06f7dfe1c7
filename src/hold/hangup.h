/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hanging up one tty, or asking the kernel whether anybody has it open, in a thread of its own.
 *
 * TIOCVHANGUP waits inside the kernel, without a time limit and deaf to signals, until every writer
 * has left the line discipline; a writer asleep on a full ring takes up to 15 s. Even open() waits
 * behind it. So nothing that has a deadline may make these calls itself, and the thread that makes
 * them shares no descriptor with the others (system/apart.h).
 */
#ifndef RPMSG_GUARD_HOLD_HANGUP_H
#define RPMSG_GUARD_HOLD_HANGUP_H

#include <stdbool.h>

struct hangup;

/*
 * Starts finding out whether anybody else has the tty of @path_fd (see hangup_start()) open: in any
 * way, also with descriptors that /proc does not show, because they are on their way through a
 * socket, in the table of an io_uring, or are being closed at this moment. The answer is the
 * kernel's own count of references, not a look at processes that may hand the descriptor on
 * meanwhile. To be asked when nobody new can open it.
 */
struct hangup *hangup_ask(int path_fd);

/*
 * Starts hanging up the tty that @path_fd (an O_PATH descriptor of its node) refers to. Returns
 * NULL and sets errno when no thread can be started. The descriptor stays the caller's.
 */
struct hangup *hangup_start(int path_fd);

/* Only gives back as hangup_finish(), what a dead instance hung up; does not wait. */
void hangup_mend(int path_fd);

/* Waits until it is done, at most @timeout_ms; returns whether it is. */
bool hangup_wait(struct hangup *job, unsigned int timeout_ms);

/*
 * After hangup_wait() returned true: the negative errno of the step that failed, or 0. Of a
 * question 1 when somebody has it open.
 */
int hangup_result(const struct hangup *job);

/*
 * Gives the tty back in order: nothing of the hang-up stays behind in the driver's port (see
 * hangup.c), and the tty can be opened by others. A job that is still waiting in the kernel does
 * so by itself when it gets there; the caller never waits.
 */
void hangup_finish(struct hangup *job);

/* Whether a job that was finished before it was done, or a mending, is still under way. */
bool hangup_abandoned(void);

#endif
