/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The phases of a stop that a drawing names: gate closed, ttys hung up, drained, released, torn down,
 * or what it ended in instead. All other events are small: they have numbers.
 */
#ifndef RPMSG_GUARD_TIMELINE_PHASES_H
#define RPMSG_GUARD_TIMELINE_PHASES_H

#include "timeline/findings.h"

#define PHASES_MAX 7
#define NO_EVENT SIZE_MAX

struct phase {
	const char *name;
	uint64_t t_ns;
	size_t event; /* its place in the recording, or NO_EVENT */
	bool bad;     /* it is what went wrong */
};

struct phases {
	struct phase list[PHASES_MAX];
	size_t n;
	uint64_t up_ns; /* when it was up again, or 0 */
};

/* In the order of their times. */
void phases_of(struct phases *p, const struct recording *r, const struct findings *f);

/* Whether event @i has a number: no phase names it, and no bar shows it. */
bool event_is_small(const struct phases *p, const struct recording *r, size_t i);

#endif
