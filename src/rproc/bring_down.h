/* SPDX-License-Identifier: GPL-2.0-only */
/* A remote processor is up, and somebody wants it down: the hold, the release, and what came of it. */
#ifndef RPMSG_GUARD_RPROC_BRING_DOWN_H
#define RPMSG_GUARD_RPROC_BRING_DOWN_H

#include "rproc/rproc.h"

void bring_down(struct rproc *r);

#endif
