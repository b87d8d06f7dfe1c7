// SPDX-License-Identifier: GPL-2.0-only
/* What the event loop and the thread of a remote processor have to do with each other. */
#include "rproc/rproc.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log/log.h"

enum remoteproc_state rproc_state(const struct rproc *r)
{
	return remoteproc_read_state(r->state_fd);
}

bool rproc_is_up(const struct rproc *r)
{
	return remoteproc_is_up(rproc_state(r));
}

bool rproc_is_gone(const struct rproc *r)
{
	return rproc_state(r) == REMOTEPROC_GONE;
}

bool rproc_is_torn_down(struct rproc *r)
{
	bool torn_down;

	pthread_mutex_lock(&r->inbox.lock);
	torn_down = r->view.torn_down;
	pthread_mutex_unlock(&r->inbox.lock);
	/* It may have been stopped and started since, without a hold. */
	return torn_down && rproc_is_up(r) && !virtio_is_bound(&r->rp);
}

void rproc_set_torn_down(struct rproc *r, bool torn_down)
{
	pthread_mutex_lock(&r->inbox.lock);
	r->view.torn_down = torn_down;
	pthread_mutex_unlock(&r->inbox.lock);
}

/* A crash was reported, or our own recovery is going on. */
static bool may_recover(struct rproc *r)
{
	bool may;

	pthread_mutex_lock(&r->inbox.lock);
	may = r->inbox.crash_reported_ms || r->view.is_recovering;
	pthread_mutex_unlock(&r->inbox.lock);
	return may;
}

void rproc_open(struct rproc *r, const struct watch_event *event)
{
	const struct caller c = {
		.tid = event->tid,
		.answer = event->answer,
		.target = event->target,
		.file = event->file,
	};
	const bool crashed = rproc_state(r) == REMOTEPROC_CRASHED;

	if (event->file == WATCH_RECOVERY) {
		recovery_opened(&r->recovery, crashed || may_recover(r));
		/* What is written brings nothing down then. */
		if (!crashed && !rproc_is_gone(r)) {
			watch_answer(r->world->watch, c.answer, true);
			return;
		}
	}
	if (inbox_post(&r->inbox, &c))
		return;
	log_warning("%s: too many openers at once; an open was refused", r->rp.name);
	watch_answer(r->world->watch, c.answer, false);
}

void rproc_closed(struct rproc *r, const struct watch_event *event)
{
	if (event->file == WATCH_RECOVERY)
		recovery_closed(&r->recovery, event->written);
	inbox_post_closed(&r->inbox, event->target);
}

void rproc_look(struct rproc *r)
{
	inbox_poke(&r->inbox);
}

void rproc_cancel(struct rproc *r, enum hold_cancel why)
{
	struct rproc_view *v = &r->view;

	pthread_mutex_lock(&r->inbox.lock);
	if (v->cancel < why)
		v->cancel = why;
	if (v->in_hold)
		hold_cancel(&r->hold, v->cancel);
	pthread_mutex_unlock(&r->inbox.lock);
}

void rproc_cancel_for(struct rproc *r, const struct unbind *u)
{
	const struct rproc_view *v = &r->view;

	pthread_mutex_lock(&r->inbox.lock);
	if (v->in_hold && v->held_for == u && v->cancel == HOLD_GOES_ON)
		hold_cancel(&r->hold, HOLD_UNWANTED);
	pthread_mutex_unlock(&r->inbox.lock);
}

bool rproc_is_busy(struct rproc *r)
{
	bool busy;

	pthread_mutex_lock(&r->inbox.lock);
	busy = r->view.phase != RPROC_IDLE || r->view.is_tending || r->inbox.n > 0 ||
	       r->inbox.n_parked > 0 || r->inbox.crash_reported_ms;
	pthread_mutex_unlock(&r->inbox.lock);
	return busy;
}

void rproc_show(struct rproc *r, struct rproc_snapshot *out)
{
	const struct rproc_view *v = &r->view;

	memset(out, 0, sizeof(*out));
	out->unheld_shutdowns = episode_unheld(&r->episode);
	pthread_mutex_lock(&r->inbox.lock);
	out->stops = v->stops;
	out->recoveries = v->recoveries;
	out->tally = v->tally;
	out->last = v->last;
	out->in_hold = v->in_hold;
	if (v->in_hold) {
		out->action = timeline_action_name(r->hold.action);
		out->requested_ms = r->hold.requested_ms;
		snprintf(out->caller, sizeof(out->caller), "%s", r->hold.caller_name);
		out->state = hold_progress(&r->hold, out->waiting_for, sizeof(out->waiting_for));
	}
	pthread_mutex_unlock(&r->inbox.lock);
}

void rproc_enter(struct rproc *r, enum rproc_phase phase)
{
	pthread_mutex_lock(&r->inbox.lock);
	r->view.phase = phase;
	pthread_mutex_unlock(&r->inbox.lock);
}

void rproc_wake_service(const struct rproc *r)
{
	const uint64_t one = 1;

	/* Fails only when the counter is full, and then the event loop is awake anyway. */
	if (write(r->world->wake_fd, &one, sizeof(one)) < 0)
		log_debug("%s: wake-up not needed", r->rp.name);
}
