/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeping the kernel from optimizing kprobes, because an optimized probe overrides nothing.
 */
#ifndef RPMSG_GUARD_SYSTEM_OPTIMIZATION_H
#define RPMSG_GUARD_SYSTEM_OPTIMIZATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTIMIZATION_REMEDY                                                                        \
	"make /proc/sys writable, or set debug.kprobes-optimization to 0 before the guard starts"

/* For "check": false with @reason when the kernel optimizes probes and would not be kept from it. */
bool optimization_can_be_off(char *reason, size_t len);

/*
 * Before the first probe that overrides: turns the optimization off, waits until no probe is optimized, and
 * keeps it off from then on in a thread of its own. Where the kernel has none, does nothing. Returns 0, or a
 * negative errno with one line of reason and remedy in @reason.
 */
int optimization_forbid(char *reason, size_t len);

/* Behind the last of these probes: puts back what was there. Also without a forbid. */
void optimization_allow(void);

/*
 * Before somebody relies on an override: turns the optimization off again if it was turned on. Waits for the
 * kernel. Returns 0 or a negative errno. Any thread.
 */
int optimization_look(void);

/*
 * How often looks have found it turned on. While that number stays, with a look before and behind, everything
 * was overridden that was to be. Any thread.
 */
unsigned int optimization_times(void);

/*
 * When a look has last ended a time in which it was turned on and our probes may have been optimized; 0 for
 * never. A send that a gate refused in that time may be inside, without a record. Any thread.
 */
uint64_t optimization_over_ns(void);

/* It was turned on and could not be turned off again: overrides are not to be relied on. Any thread. */
bool optimization_is_back(void);

/* @fd, an eventfd, is told when that happens. */
void optimization_tells(int fd);

/* Puts back what a dead instance has left, once its probes are gone. Returns 1 if there was something. */
size_t optimization_restore(void);

#endif
