/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The callers of one remote processor that came through a descriptor opened long ago and were
 * turned back at rproc_shutdown() (bpf/park.bpf.h): who they are, and letting them go on.
 *
 * A restarter makes its call again when it goes on and meets the decision there. For a deferred one
 * the stop is made by us, because its own call is over.
 */
#ifndef RPMSG_GUARD_SERVICE_LATECOMERS_H
#define RPMSG_GUARD_SERVICE_LATECOMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guard/parked.h"
#include "hold/park.h"

#define LATECOMERS_MAX 16

enum latecomer_kind { LATE_RESTARTING, LATE_ALL };

struct latecomer {
	struct parked parked;
	struct park_ancestors above;
};

struct latecomers {
	struct latecomer list[LATECOMERS_MAX]; /* wait for a decision */
	size_t n;
	struct latecomer gone_on[LATECOMERS_MAX]; /* looked after until @tend_until_ms */
	size_t n_gone_on;
	uint64_t tend_until_ms;
};

/* Takes @p in; false when it is there already or there is no room for it now. */
bool latecomers_add(struct latecomers *l, const struct parked *p);

/* Forgets restarters that have died, and looks after those that went on. */
void latecomers_tend(struct latecomers *l, struct guard *guard);

/* Whether latecomers_tend() has something to do. */
bool latecomers_need_tending(const struct latecomers *l);

bool latecomers_any(const struct latecomers *l, enum latecomer_kind kind);

/* One of them, or NULL. */
const struct parked *latecomers_first(const struct latecomers *l);

/* Decides on those of @kind and lets them go on. The stop of the deferred ones is made elsewhere. */
void latecomers_let_go(struct latecomers *l, struct guard *guard, enum latecomer_kind kind,
		       bool pass);

/*
 * Of those that were let go with a pass: whether one has not come by yet, and whether one is in the
 * very call that it was let go for.
 */
bool latecomers_have_tickets(const struct latecomers *l, const struct guard *guard);
bool latecomers_in_call(const struct latecomers *l, const struct guard *guard);

/*
 * Makes the unused passes void, so that one that comes late is turned back once more. Who had used
 * its pass before is in the call: to be asked after this.
 */
void latecomers_revoke(const struct latecomers *l, struct guard *guard);

#endif
