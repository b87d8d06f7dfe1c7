/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waiting for opens of ttys that are under way, and that nothing shows yet.
 *
 * A task may have looked up a tty's node just before it was put aside, and be anywhere between there
 * and the return of open(). When the hang-up is over it comes out with a descriptor that is alive. So
 * between the removal of the nodes and the hang-up, every task that could open one of the ttys at all
 * has to be seen outside of an open once.
 *
 * Closes need no such wait: as long as one is under way, the kernel's count of references says so
 * (hangup_ask()).
 */
#ifndef RPMSG_GUARD_HOLD_SETTLE_H
#define RPMSG_GUARD_HOLD_SETTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "hold/reach.h"

struct settle;

/*
 * Takes stock of every thread except those of this process. @devs are the @n ttys (at most
 * RPMSG_TTY_MAX), and @reach says who could open them; it must not change before settle_end(). Returns
 * NULL without memory.
 */
struct settle *settle_begin(const dev_t *devs, size_t n, const struct reach *reach);

/*
 * Whether every thread of the stock has been seen outside of an open since settle_begin();
 * @waiting_for is given one that has not.
 */
bool settle_done(struct settle *s, char *waiting_for, size_t len);

void settle_end(struct settle *s);

#endif
