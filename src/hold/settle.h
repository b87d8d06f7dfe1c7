/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waiting for opens and closes that are under way, and that /proc/<pid>/fd does not show.
 *
 * Opens: a task may have looked up a tty's node just before it was removed, and be anywhere between
 * there and the return of open(). When the hang-up is over it comes out with a descriptor that is
 * alive. So between the removal of the nodes and the hang-up every task has to be seen outside of
 * an open once.
 *
 * Closes: close() takes the descriptor out of the table first and runs tty_release() on its way back
 * to user mode. A port that is mended in between is not mended: ours was not the last descriptor
 * after all, the tty driver stays, and the next start fails with -EEXIST and then panics (seen in
 * one of three stops under two writers that reopen). And a release that is still under way at the
 * teardown uses the freed port, hung up or not. So between the last descriptor and the mending every
 * task has to be seen outside of a release once.
 */
#ifndef RPMSG_GUARD_HOLD_SETTLE_H
#define RPMSG_GUARD_HOLD_SETTLE_H

#include <stdbool.h>
#include <stddef.h>

struct settle;

enum settle_what { SETTLE_OPENS, SETTLE_CLOSES };

/* Takes stock of every thread except those of this process. Returns NULL without memory. */
struct settle *settle_begin(enum settle_what what);

/*
 * Whether every thread of the stock has been seen outside of such a call since settle_begin();
 * @waiting_for is given one that has not.
 */
bool settle_done(struct settle *s, char *waiting_for, size_t len);

void settle_end(struct settle *s);

#endif
