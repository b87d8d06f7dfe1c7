/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parked callers of one remote processor: they came through a descriptor that was opened long ago
 * and were turned back at rproc_shutdown() (bpf/park.bpf.h). They want a hold like a caller whose open
 * waits. Afterwards a caller that restarts makes its call again and meets its pass; for a deferred
 * caller we make the stop, or the detach, because its own call is over.
 */
#ifndef RPMSG_GUARD_RPROC_PARKED_CALLERS_H
#define RPMSG_GUARD_RPROC_PARKED_CALLERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel_side/parked.h"
#include "hold/park.h"

#define PARKED_CALLERS_MAX 16

struct parked_caller {
	struct parked parked;
	struct park_ancestors above;
};

struct parked_callers {
	struct parked_caller waiting[PARKED_CALLERS_MAX]; /* for a decision */
	size_t n;
	struct parked_caller gone_on[PARKED_CALLERS_MAX]; /* tended until @tend_until_ms */
	size_t n_gone_on;
	uint64_t tend_until_ms;
};

/* Takes in those of the @n offered that still wait and are not known yet, as far as there is room. */
void parked_callers_take(struct parked_callers *c, struct kside *kside,
			 const struct parked *offered, size_t n);

/* Forgets restarting callers that have died, and tends those that went on. */
void parked_callers_tend(struct parked_callers *c, struct kside *kside);

/* Whether parked_callers_tend() has something to do. */
bool parked_callers_need_tending(const struct parked_callers *c);

/* One that waits, or NULL. */
const struct parked *parked_callers_first(const struct parked_callers *c);

/* Answers all of them and lets them go on. The stop of the deferred is made elsewhere. */
void parked_callers_answer(struct parked_callers *c, struct kside *kside,
			   enum parked_answer answer);

/* Refuses the one that parked_callers_first() names, and lets it go on. */
void parked_callers_refuse_first(struct parked_callers *c, struct kside *kside);

/*
 * Gives one that restarts a pass, and lets it go on; false when none does. There is one pass at a time: of
 * two callers that are let in the second may get the lock behind the next boot.
 */
bool parked_callers_pass_one(struct parked_callers *c, struct kside *kside);

/* Of those that were let go with a pass: whether one has not used it yet. */
bool parked_callers_have_passes(const struct parked_callers *c, const struct kside *kside);

/*
 * Makes the unused passes void, so that a caller that comes late is turned back once more. Who had used
 * its pass before is in parked_inside(): to be asked after this and a barrier.
 */
void parked_callers_revoke(const struct parked_callers *c, struct kside *kside);

#endif
