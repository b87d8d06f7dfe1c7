/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose stack it is: a sender's, or that of another user of a handle, without which nothing in the
 * log makes a report one of this race.
 */
#ifndef RPMSG_GUARD_OOPS_SENDER_H
#define RPMSG_GUARD_OOPS_SENDER_H

#include "oops/classify.h"

void oops_find_send(struct oops_assessment *a);

/* Each of them may see a user of a handle where those before it did not. */
void oops_weigh_send(struct oops_assessment *a);
void oops_weigh_driver_itself(const struct oops_parser *parser, struct oops_assessment *a);
void oops_weigh_tty(const struct oops_parser *parser, struct oops_assessment *a);

void oops_weigh_user(struct oops_assessment *a);

/* What a sender's stack must not have further out. */
void oops_weigh_surroundings(struct oops_assessment *a);

#endif
