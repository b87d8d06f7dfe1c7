/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The remote processor that NAME on a command line stands for.
 */
#ifndef RPMSG_GUARD_COMMANDS_CHOOSE_H
#define RPMSG_GUARD_COMMANDS_CHOOSE_H

#include "system/remoteproc.h"

/* Returns an exit status; when it is not "done" the user has been told which names there are. */
int choose_remoteproc(const char *name, struct remoteproc *out);

#endif
