/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The message in a row of a table, of a CSV file or between quote marks, as bug trackers, mail
 * programs and log viewers have it.
 */
#ifndef RPMSG_GUARD_OOPS_CELLS_H
#define RPMSG_GUARD_OOPS_CELLS_H

/* Cuts the rest of the row off, in place. Returns where the message begins in @row. */
char *oops_cells_message(char *row);

#endif
