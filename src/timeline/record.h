/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One line of an episode file, for read.c.
 */
#ifndef RPMSG_GUARD_TIMELINE_RECORD_H
#define RPMSG_GUARD_TIMELINE_RECORD_H

#include "timeline/read.h"

struct json_object;

/*
 * Adds what the object says to @r; a record of an unknown kind adds nothing. Returns 0, -EINVAL
 * with the reason in @why, or -ENOMEM.
 */
int record_add(struct recording *r, struct json_object *o, char *why, size_t why_len);

#endif
