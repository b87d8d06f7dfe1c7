/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What to do after an episode, in the same words for every renderer: step by step, each with the command to type
 * where there is one.
 */
#ifndef RPMSG_GUARD_TIMELINE_STEPS_H
#define RPMSG_GUARD_TIMELINE_STEPS_H

#include "timeline/findings.h"

#define STEPS_MAX 5

struct step {
	char text[384];
	char command[224]; /* "" when there is none */
};

struct steps {
	struct step list[STEPS_MAX];
	size_t n; /* 0: nothing has to be done */
};

void steps_of(struct steps *s, const struct recording *r, const struct findings *f);

#endif
