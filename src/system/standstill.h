/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time for which the whole process stood still: frozen or stopped. Before 6.9 a suspend during a hold freezes
 * the service, waits for the opener for pm_freeze_timeout (20 s), and fails. Nobody else could do anything
 * meanwhile either, so that time must count for no deadline.
 */
#ifndef RPMSG_GUARD_SYSTEM_STANDSTILL_H
#define RPMSG_GUARD_SYSTEM_STANDSTILL_H

#include <stdint.h>

/*
 * To be called by a thread that waits for nothing: when it ticks again at the latest, by clock_ms(); a time
 * that has gone by stands for now. While it only waits for events (UINT64_MAX), a standstill is not noticed.
 */
void standstill_tick(uint64_t until_ms);

/* Milliseconds of standstill since the first tick; 0 where nobody ticks. From any thread. */
uint64_t standstill_ms(void);

#endif
