/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The steps of a hold that are about ttys, in their order; why it is this one is said in hold.c.
 */
#ifndef RPMSG_GUARD_HOLD_TTYS_H
#define RPMSG_GUARD_HOLD_TTYS_H

#include "hold/steps.h"

/* Finds those that are not kept out yet, and does so. False: given up, with the reason. */
bool ttys_keep_out(struct hold *h);

/* Waits for opens that had begun before, and looks who is there. */
enum waited ttys_settle(struct hold *h);
enum waited ttys_hang_up(struct hold *h);

/* As on_open_descriptor says: also what is done about programs that do not close. */
enum hold_result ttys_wait_closed(struct hold *h);
void ttys_mend(struct hold *h, bool all_are_closed);

/* Whether one has appeared since ttys_keep_out(), so that everything has to be done again for it. */
bool ttys_newcomers(struct hold *h);

/* Puts the nodes back, where their ttys still exist. */
void ttys_end(struct hold *h);

#endif
