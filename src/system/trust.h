/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether /proc shows other processes, and shows them truly. Everything that is decided about openers
 * and senders rests on it, so it is tried on a child of which the truth is known.
 */
#ifndef RPMSG_GUARD_SYSTEM_TRUST_H
#define RPMSG_GUARD_SYSTEM_TRUST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether the process numbers of this process are the numbers of the host, by which fanotify names
 * openers. Else false, with one line of reason and remedy in @reason.
 */
bool trust_pid_namespace(char *reason, size_t len);

/*
 * Whether "syscall" and "stat" of another process can be read and are true; as above. On the way it finds
 * out what tells where a thread sleeps (system/sleep.h).
 */
bool trust_proc(char *reason, size_t len);

#endif
