// SPDX-License-Identifier: GPL-2.0-only
/* Takes in who waits, lets go who can bring nothing down, and refuses. */
#include "rproc/waiting.h"

#include "rproc/unbind.h"
#include "system/drivers.h"

void waiting_tend_parked(struct rproc *r)
{
	struct parked posted[CALLERS_MAX];
	bool tending;
	size_t n;

	if (!r->world->kside)
		return;
	/* They may be of the next one of this number, and are offered again. */
	n = rproc_is_gone(r) ? 0 : inbox_take_parked(&r->inbox, posted);
	parked_callers_take(&r->parked, r->world->kside, posted, n);
	parked_callers_tend(&r->parked, r->world->kside);
	tending = parked_callers_need_tending(&r->parked);
	pthread_mutex_lock(&r->inbox.lock);
	r->view.is_tending = tending;
	pthread_mutex_unlock(&r->inbox.lock);
}

void waiting_look(struct rproc *r)
{
	announced_look(&r->announced, rproc_is_up(r));
	waiting_tend_parked(r);
}

bool waiting_wait(struct rproc *r, unsigned int ms)
{
	const bool news = inbox_wait(&r->inbox, ms);

	waiting_look(r);
	return news;
}

void waiting_answer_parked(struct rproc *r, enum parked_answer answer)
{
	if (r->world->kside)
		parked_callers_answer(&r->parked, r->world->kside, answer);
}

void waiting_refuse(struct rproc *r, const struct caller *c)
{
	if (!c->unbind) {
		watch_answer(r->world->watch, c->answer, false);
		return;
	}
	unbind_refuse(c->unbind, r->rp.name, r->hold.reason);
	unbind_leave(c->unbind, r);
}

void waiting_refuse_all(struct rproc *r)
{
	struct caller c;

	while (inbox_take(&r->inbox, &c))
		waiting_refuse(r, &c);
	waiting_tend_parked(r);
	waiting_answer_parked(r, PARKED_BUSY);
}

/* The answer is a descriptor of the very file that was opened. */
bool waiting_for_one_that_has_gone(const struct caller *c)
{
	return !c->unbind && remoteproc_read_state(c->answer) == REMOTEPROC_GONE;
}

/* Refused already; or started since, or replaced, and it does not hang on that driver. */
static bool is_of_no_concern(const struct rproc *r, struct unbind *u, enum remoteproc_state state)
{
	return unbind_verdict(u) == VERDICT_REFUSED ||
	       (remoteproc_is_up(state) && !unbind_concerns(u, r));
}

/* No hold can help. */
static bool is_never_safe(const struct rproc *r, const struct unbind *u)
{
	return !u->is_removal && unbind_strands_channels(&r->rp, u->path);
}

bool waiting_pass_over(struct rproc *r, const struct caller *c, enum remoteproc_state state)
{
	struct caller taken;

	/* Of a remote processor that has gone, the kernel refuses the write by itself. */
	if (waiting_for_one_that_has_gone(c) ||
	    (c->file == WATCH_RECOVERY && state != REMOTEPROC_CRASHED)) {
		inbox_take(&r->inbox, &taken);
		watch_answer(r->world->watch, c->answer, true);
		return true;
	}
	if (c->unbind && remoteproc_is_up(state) && is_never_safe(r, c->unbind))
		unbind_refuse(c->unbind, r->rp.name,
			      "the kernel would free its vrings and keep its channels; stop the "
			      "remote processor instead");
	if (c->unbind && is_of_no_concern(r, c->unbind, state)) {
		inbox_take(&r->inbox, &taken);
		unbind_leave(c->unbind, r);
		return true;
	}
	return false;
}
