/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Telling systemd how the service is (the protocol of sd_notify(3), which a static binary cannot
 * take from libsystemd). Does nothing when NOTIFY_SOCKET is not set.
 */
#ifndef RPMSG_GUARD_SERVICE_NOTIFY_H
#define RPMSG_GUARD_SERVICE_NOTIFY_H

/* @state is e.g. "READY=1" or "WATCHDOG=1". */
void notify_systemd(const char *state);

#endif
