/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of a remote processor in an unbind that others are concerned by, too. For its thread. */
#ifndef RPMSG_GUARD_RPROC_STAND_BY_H
#define RPMSG_GUARD_RPROC_STAND_BY_H

#include "rproc/rproc.h"

/*
 * The first caller is an unbind, and the remote processor is down while others are held. When it comes up
 * it has to be held, too.
 */
void stand_by(struct rproc *r);

/*
 * Its part @c was safe or down, and that is over; but whether the driver is taken off may be still to
 * come. Then it is asked again.
 */
void unbind_part_is_over(struct rproc *r, const struct caller *c);

#endif
