/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The process that forks helpers, for helper.c only.
 */
#ifndef RPMSG_GUARD_HELPER_SPAWNER_H
#define RPMSG_GUARD_HELPER_SPAWNER_H

#include <sys/types.h>

/* Returns the socket that takes requests (SOCK_SEQPACKET), or a negative errno. */
int spawner_start(pid_t *pid);

#endif
