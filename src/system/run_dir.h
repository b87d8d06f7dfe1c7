/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the program keeps what has to outlive a crash of it but not a reboot.
 */
#ifndef RPMSG_GUARD_SYSTEM_RUN_DIR_H
#define RPMSG_GUARD_SYSTEM_RUN_DIR_H

#define RUN_DIR "/run/rpmsg-guard"
#define CONTROL_SOCKET RUN_DIR "/control"  /* answers every connection with the status */
#define STATUS_FILE RUN_DIR "/status.json" /* the last status, for when the service is dead */
#define READY_FILE RUN_DIR "/ready"	   /* there while the service guards */
#define LOCK_FILE RUN_DIR "/lock"

#include <stddef.h>

/*
 * Makes the directory and takes the lock that one service or one stop by hand holds at a time.
 * Returns the descriptor that holds it, -EBUSY with the holder's pid in @pid, or another negative
 * errno. What went wrong has been said, except for -EBUSY, which each command takes in its own way.
 */
int run_dir_lock(int *pid);

#endif
