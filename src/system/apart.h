/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads that make calls which wait in the kernel without a limit and deaf to signals.
 *
 * A thread that not even SIGKILL ends keeps the descriptor table alive that it uses. If that were the
 * table of the service, the groups of fanotify would live on in it, and every opener that waits for
 * an answer would wait for that thread. So such a call is made by a thread with a table of its own.
 */
#ifndef RPMSG_GUARD_SYSTEM_APART_H
#define RPMSG_GUARD_SYSTEM_APART_H

/*
 * Gives the calling thread a descriptor table of its own, with nothing in it but @keep. What it opens
 * from here on no other thread can use. Returns 0 or a negative errno; then nothing has changed.
 */
int apart_begin(int keep);

/* Writes the command @text to @fd, a file of sysfs, by a thread apart. Returns 0 or a negative errno. */
int apart_command(int fd, const char *text);

#endif
