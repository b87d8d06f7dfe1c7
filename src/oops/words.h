/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A verdict in words: the summary, what the oops is, what to do. What is no race gets a cause here.
 */
#ifndef RPMSG_GUARD_OOPS_WORDS_H
#define RPMSG_GUARD_OOPS_WORDS_H

#include "oops/evidence.h"

/* What happened where, without a full stop: "a NULL pointer dereference in rpmsg_send". */
void oops_describe(const struct oops_assessment *a, char *buf, size_t len);

/* Fills in summary and advice. @a counts only when there is an oops. */
void oops_put_into_words(struct oops_verdict *verdict, const struct oops_assessment *a);

#endif
