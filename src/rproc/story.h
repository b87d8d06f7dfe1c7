/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens to one remote processor, from its first caller to its last, told in order.
 */
#ifndef RPMSG_GUARD_RPROC_STORY_H
#define RPMSG_GUARD_RPROC_STORY_H

#include "rproc/rproc.h"

/* The body of the thread. Returns when the remote processor has gone, or the service ends. */
void story_tell(struct rproc *r);

#endif
