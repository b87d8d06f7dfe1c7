/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel configuration fragment of "check --kconfig": what a level needs, or what is missing for it.
 */
#ifndef RPMSG_GUARD_COMMANDS_FRAGMENT_H
#define RPMSG_GUARD_COMMANDS_FRAGMENT_H

#include <stdio.h>

#include "system/kconfig.h"
#include "system/probe.h"

/* Every option that @level needs, on any architecture. */
void fragment_print_all(FILE *out, enum level level);

/* Those that @k lacks, as @p judges; only a comment when there are none. Returns how many it lacks. */
size_t fragment_print_missing(FILE *out, const struct kconfig *k, const struct probe *p,
			      enum level level);

#endif
