/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Telling systemd how the service is (the protocol of sd_notify(3), which a static binary cannot
 * take from libsystemd). Does nothing when NOTIFY_SOCKET is not set.
 */
#ifndef RPMSG_GUARD_SERVICE_NOTIFY_H
#define RPMSG_GUARD_SERVICE_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * @state is e.g. "READY=1" or "WATCHDOG=1". Never waits; false when systemd did not take it and it is
 * worth another try.
 */
bool notify_systemd(const char *state);

/* Within how many milliseconds systemd wants "WATCHDOG=1" each time, or UINT64_MAX. */
uint64_t notify_watchdog_ms(void);

#endif
