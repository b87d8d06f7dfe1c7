// SPDX-License-Identifier: GPL-2.0-only
/* Waits for the others that hang on a driver which somebody unbinds. */
#include "rproc/stand_by.h"

#include "rproc/unbind.h"
#include "rproc/waiting.h"

/* The driver is being taken off: nobody starts what hangs on it meanwhile. */
static void wait_until_unbound(struct rproc *r, struct unbind *u)
{
	unbind_say(u, r, PART_DOWN);
	while (unbind_is_going_on(u, r) && !rproc_is_gone(r))
		waiting_wait(r, LOOK_MS);
	unbind_leave(u, r);
}

void unbind_part_is_over(struct rproc *r, const struct caller *c)
{
	if (unbind_verdict(c->unbind) != VERDICT_NONE) {
		wait_until_unbound(r, c->unbind);
		return;
	}
	inbox_put_back(&r->inbox, c);
	unbind_say(c->unbind, r, PART_ASKED);
}

void stand_by(struct rproc *r)
{
	struct caller c;

	if (!inbox_take(&r->inbox, &c))
		return;
	rproc_enter(r, RPROC_STARTING);
	unbind_say(c.unbind, r, PART_DOWN);
	while (unbind_verdict(c.unbind) == VERDICT_NONE && !rproc_is_up(r) && !rproc_is_gone(r))
		waiting_wait(r, LOOK_MS);
	unbind_part_is_over(r, &c);
	inbox_forget_open(&r->inbox);
	rproc_enter(r, RPROC_IDLE);
}
