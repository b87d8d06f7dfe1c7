/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waiting for opens and closes of ttys that are under way, and that /proc/<pid>/fd does not show.
 *
 * Opens: a task may have looked up a tty's node just before it was removed, and be anywhere between
 * there and the return of open(). When the hang-up is over it comes out with a descriptor that is
 * alive. So between the removal of the nodes and the hang-up every task has to be seen outside of
 * an open once.
 *
 * Closes: close() takes the descriptor out of the table first and runs tty_release() on its way back
 * to user mode. A port that is mended in between is not mended: ours was not the last descriptor
 * after all, the tty driver stays, and the next start fails with -EEXIST and then panics (seen in
 * one of three stops under two writers that reopen). So between the last descriptor and the mending
 * every task has to be seen outside of a release once. The same goes for a tty that seems not to be
 * open at all: its last release may still be going on, and would run into the teardown.
 */
#ifndef RPMSG_GUARD_HOLD_SETTLE_H
#define RPMSG_GUARD_HOLD_SETTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct settle;

enum settle_what {
	/*
	 * Opens, and releases as far as the function they sleep in gives them away. Any close() may
	 * take long for reasons of its own (a file server), and nobody has a tty to close here.
	 */
	SETTLE_NEWCOMERS,
	/* Releases, and every close() for one. */
	SETTLE_CLOSES,
};

/*
 * Takes stock of every thread except those of this process, and looks who has the @n character
 * devices @devs (at most RPMSG_TTY_MAX) open. Returns NULL without memory.
 */
struct settle *settle_begin(enum settle_what what, const dev_t *devs, size_t n);

/*
 * Whether every thread of the stock has been seen outside of such a call since settle_begin();
 * @waiting_for is given one that has not.
 */
bool settle_done(struct settle *s, char *waiting_for, size_t len);

/*
 * After settle_done() returned true: which of the devices somebody had open at a moment after he was
 * seen outside of an open, as a bit for each.
 */
uint64_t settle_open(const struct settle *s);

void settle_end(struct settle *s);

#endif
