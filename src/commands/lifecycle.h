/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What stop, start and restart share.
 */
#ifndef RPMSG_GUARD_COMMANDS_LIFECYCLE_H
#define RPMSG_GUARD_COMMANDS_LIFECYCLE_H

#include <stdbool.h>

#include "config/config.h"
#include "system/remoteproc.h"

struct lifecycle {
	struct config config;
	struct remoteproc rp;
	bool quiet;
};

/*
 * Parses "[--config FILE] [--quiet] NAME" of the command that @doc describes. Returns an exit
 * status; lifecycle_free() only after "done".
 */
int lifecycle_parse(struct lifecycle *l, const char *doc, int argc, char **argv);
void lifecycle_free(struct lifecycle *l);

/* Each does its part and says what went wrong; they return an exit status. */
int lifecycle_stop(struct lifecycle *l);
int lifecycle_start(struct lifecycle *l);

#endif
