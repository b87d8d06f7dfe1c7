/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lock of run_dir.h for a command.
 */
#ifndef RPMSG_GUARD_COMMANDS_LOCK_H
#define RPMSG_GUARD_COMMANDS_LOCK_H

/*
 * As run_dir_lock(). What went wrong has been said, except for -EBUSY, which each command takes in
 * its own way.
 */
int lock_take(int *pid);

#endif
