/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Choosing the level: the highest that the configuration wants and the kernel can do. Says which and
 * why, and refuses to half-guard without a word.
 */
#ifndef RPMSG_GUARD_GUARD_SETUP_H
#define RPMSG_GUARD_GUARD_SETUP_H

#include <stdbool.h>

#include "config/config.h"
#include "guard/guard.h"
#include "hold/watch.h"

/*
 * Opens what the level needs: @guard is NULL below "observe", @watch is NULL with @observe_only.
 * Returns an exit status; anything but "done" leaves nothing open.
 */
int guard_setup(const struct config *config, bool observe_only, enum level *level,
		struct guard **guard, struct watch **watch);

#endif
