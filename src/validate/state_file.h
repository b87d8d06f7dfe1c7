/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state file of a validation: JSON Lines, each on the disk before what it announces is done, so
 * that after a reboot it tells in which cycle the kernel has died.
 *
 *   {"record":"validation","version":1,...}	the plan, once
 *   {"record":"begin","cycle":7}		before each cycle
 *   {"record":"result","cycle":7,...}		after it
 *   {"record":"end","reason":""}		the last one
 */
#ifndef RPMSG_GUARD_VALIDATE_STATE_FILE_H
#define RPMSG_GUARD_VALIDATE_STATE_FILE_H

#include "validate/run.h"

#define STATE_DIR "/var/lib/rpmsg-guard"

/*
 * Makes the file, which must not exist yet, and its plan. @path may be NULL: then it is a new one in
 * STATE_DIR, whose path is put into @made. Returns a descriptor or a negative errno.
 */
int state_file_create(const char *path, const struct validate_run *run, char *made, size_t len);

/* Each returns when it is on the disk: 0, or a negative errno. Cycles are numbered from 1. */
int state_file_begin(int fd, size_t cycle);
int state_file_result(int fd, size_t number, const struct cycle *cycle);
int state_file_end(int fd, const char *reason);

/*
 * Reads one. A last line that is cut off is left out. Returns 0, or a negative errno with one line in
 * @err; validate_run_free() is for the caller either way.
 */
int state_file_read(const char *path, struct validate_run *run, char *err, size_t len);

#endif
