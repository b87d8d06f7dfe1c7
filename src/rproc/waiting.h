/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Those who wait for a remote processor to go down: callers in the inbox, whose open is not answered,
 * and parked callers. For its thread.
 */
#ifndef RPMSG_GUARD_RPROC_WAITING_H
#define RPMSG_GUARD_RPROC_WAITING_H

#include "rproc/rproc.h"

/* What may have changed without a caller. */
void waiting_look(struct rproc *r);

/* Until something was posted, or for @ms milliseconds; and looks. Returns whether something was posted. */
bool waiting_wait(struct rproc *r, unsigned int ms);

/* Takes in the parked callers that were posted, and tends those that went on. */
void waiting_tend_parked(struct rproc *r);
void waiting_answer_parked(struct rproc *r, enum parked_answer answer);

/* @c was taken out of the inbox. */
void waiting_refuse(struct rproc *r, const struct caller *c);

/* Everybody who has come until now wanted the same. */
void waiting_refuse_all(struct rproc *r);

/* Whether @c has opened a file of the remote processor that had this number before. */
bool waiting_for_one_that_has_gone(const struct caller *c);

/* Whether the caller at the head of the inbox can bring nothing down; then it is not there any more. */
bool waiting_pass_over(struct rproc *r, const struct caller *c, enum remoteproc_state state);

#endif
