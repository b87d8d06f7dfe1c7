/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A validation from its plan to its end, on the machine itself.
 */
#ifndef RPMSG_GUARD_VALIDATE_SESSION_H
#define RPMSG_GUARD_VALIDATE_SESSION_H

#include <stddef.h>

#include "config/config.h"
#include "system/remoteproc.h"
#include "validate/run.h"

/*
 * Fills in what is not the user's choice (which boot, which kernel, since when), and drives the
 * cycles. The remote processor ends up in the state that it was found in. What was seen is in the
 * state file at @state, or in a new one whose path is put into @made. Returns an exit status; what
 * went wrong has been said. "Done" only means that there is something to be read.
 */
int session_run(struct validate_run *run, const struct remoteproc *rp, const struct config *config,
		const char *state, char *made, size_t len);

#endif
