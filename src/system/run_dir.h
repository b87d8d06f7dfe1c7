/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the program keeps what has to outlive a crash of it but not a reboot.
 */
#ifndef RPMSG_GUARD_SYSTEM_RUN_DIR_H
#define RPMSG_GUARD_SYSTEM_RUN_DIR_H

#include <stdbool.h>
#include <stddef.h>

#define RUN_DIR "/run/rpmsg-guard"
#define CONTROL_SOCKET RUN_DIR "/control"  /* answers every connection with the status */
#define STATUS_FILE RUN_DIR "/status.json" /* the last status, for when the service is dead */
#define READY_FILE RUN_DIR "/ready"	   /* there while the service guards */
#define STARTS_FILE RUN_DIR "/starts" /* how often the service has begun and died since the boot */
#define LOCK_FILE RUN_DIR "/lock"

/*
 * Makes the directory and takes the lock that one service or one stop by hand holds at a time.
 * Returns the descriptor that holds it, -EBUSY with the holder's pid in @pid, or another negative
 * errno. What went wrong has been said, except for -EBUSY, which each command takes in its own way.
 */
int run_dir_lock(int *pid);

/*
 * Records: small files, one for each thing that the next instance has to put right when this
 * instance dies, RUN_DIR/<kind>/<name>. '!' stands for '/' in sysfs names already, so a device's
 * name is a file name.
 */

/* Returns 0 or a negative errno; a record that was there stays whole until then. */
int record_write(const char *kind, const char *name, const char *text);

/* The first line; returns its length or a negative errno. */
int record_read(const char *kind, const char *name, char *buf, size_t len);

void record_remove(const char *kind, const char *name);

/* Calls @fn for every record of that kind; returns for how many it returned true. */
size_t records_count(const char *kind, bool (*fn)(const char *name));

#endif
