/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The caller that was let go to its write, and what it is doing. There is one at a time: two "stop" at
 * once make the power count of kernels before 5.18 negative (the state is looked at outside the lock), a
 * "start" that overtakes the "stop" it came after makes it two on later ones, and neither remote
 * processor stops any more when it is told to.
 */
#ifndef RPMSG_GUARD_RPROC_LET_GO_H
#define RPMSG_GUARD_RPROC_LET_GO_H

#include "rproc/rproc.h"

/* Takes the first caller of the inbox, if there is any, and answers its open. */
void let_go_first(struct rproc *r);

/* Its write is over. */
void let_go_end(struct rproc *r);

/* Whether it removes a module, and has no file open. */
bool let_go_is_removal(const struct rproc *r);

/* Whether it still has the file open, or is inside a write to it; or in the removal of a module. */
bool let_go_holds_open(const struct rproc *r);
bool let_go_is_writing(const struct rproc *r);

/* Whether it has the file no more, and all descriptors of it that we know of are closed. */
bool let_go_has_closed(struct rproc *r);

/* Whether it waits in one more open of the same file, and the call that lets it have that, too. */
bool let_go_opens_again(struct rproc *r);
void let_go_once_more(struct rproc *r);

#endif
