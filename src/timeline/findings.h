/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an episode means, in the same words for every renderer. What to do next is in steps.h.
 */
#ifndef RPMSG_GUARD_TIMELINE_FINDINGS_H
#define RPMSG_GUARD_TIMELINE_FINDINGS_H

#include "timeline/keepers.h"
#include "timeline/numbers.h"

enum outcome {
	OUTCOME_SAFE,	  /* it went down and nobody was inside */
	OUTCOME_UNSAFE,	  /* it went down while somebody was, or might have been */
	OUTCOME_REFUSED,  /* it stays up */
	OUTCOME_NOT_DONE, /* it stays up, and the guard had nothing against it */
	OUTCOME_FAILED,
	OUTCOME_CUT_OFF, /* the record has no end */
	OUTCOME_GOING_ON,
	OUTCOME_OTHER, /* a result of a later version */
};

enum grade { GRADE_GOOD, GRADE_ATTENTION, GRADE_BAD };

struct findings {
	enum outcome outcome;
	enum grade grade;
	char headline[128];
	char meaning[1024]; /* two or three sentences */
	struct numbers numbers;
	struct senders senders;
	struct keepers keepers;
};

/* Returns 0 or -ENOMEM. findings_free() in either case. @r must outlive the findings. */
int findings_of(struct findings *f, const struct recording *r);
void findings_free(struct findings *f);

#endif
