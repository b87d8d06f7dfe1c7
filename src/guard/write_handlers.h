/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Telling the kernel side which callers of rproc_shutdown() may be turned back, and how.
 */
#ifndef RPMSG_GUARD_GUARD_WRITE_HANDLERS_H
#define RPMSG_GUARD_GUARD_WRITE_HANDLERS_H

#include "guard/guard.h"

/* To be called again when remoteproc was loaded. Without symbols nobody is turned back. */
void write_handlers_find(struct guard *guard);

#endif
