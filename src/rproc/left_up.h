/* SPDX-License-Identifier: GPL-2.0-only */
/* What has become of a remote processor that is still up when those who were let go are done. */
#ifndef RPMSG_GUARD_RPROC_LEFT_UP_H
#define RPMSG_GUARD_RPROC_LEFT_UP_H

#include "rproc/rproc.h"

/* Before anybody is let go. */
void left_up_begin(struct rproc *r);

/*
 * Whether its state says up and its channels are gone: the driver's stop failed behind the teardown.
 * Remembers that, as it is the reason of the result.
 */
bool left_torn_down(struct rproc *r);

/* For the event loop: a shutdown that nobody held has done that. */
void left_torn_down_unheld(struct rproc *r);

/* The result, with its log line and its reason. @why: what else ended the wait. */
enum rproc_result left_up(struct rproc *r, enum remoteproc_state state, bool safe, const char *why);

#endif
