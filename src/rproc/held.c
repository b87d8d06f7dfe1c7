// SPDX-License-Identifier: GPL-2.0-only
/* Begins a hold with all that is known of its reason, and writes its result down everywhere. */
#include "rproc/held.h"

#include <stdio.h>

#include "log/about.h"
#include "rproc/unbind.h"
#include "system/files.h"
#include "system/task.h"

static void describe_request(struct rproc *r, const struct caller *c, const struct parked *p)
{
	struct hold *h = &r->hold;

	if (p) {
		snprintf(h->caller_name, sizeof(h->caller_name), "%s (pid %d)", p->comm, p->tid);
		snprintf(h->request, sizeof(h->request), "%s requested by %s",
			 p->detach ? "detach" : "stop", h->caller_name);
		/* Where its call is over, there is nothing that its end could cancel. */
		if (!p->restarts)
			h->caller = 0;
	} else if (!c) {
		h->action = TL_ACTION_RECOVERY;
		snprintf(h->request, sizeof(h->request), "recovery after a crash");
	} else if (c->file == WATCH_RECOVERY) {
		h->action = TL_ACTION_RECOVERY;
		snprintf(h->request, sizeof(h->request), "recovery requested by %s",
			 h->caller_name);
	} else if (c->unbind) {
		h->action = TL_ACTION_UNBIND;
		if (c->unbind->is_removal)
			snprintf(h->request, sizeof(h->request),
				 "removal of module %s requested by %s", c->unbind->path,
				 h->caller_name);
		else
			snprintf(h->request, sizeof(h->request),
				 "unbind requested by %s through %s", h->caller_name,
				 c->unbind->path);
	}
}

static void show_begun(struct rproc *r, const struct caller *c, bool ours)
{
	pthread_mutex_lock(&r->inbox.lock);
	r->view.phase = RPROC_HOLDING;
	r->view.in_hold = true;
	if (r->view.cancel != HOLD_GOES_ON)
		hold_cancel(&r->hold, r->view.cancel);
	r->view.held_for = c ? c->unbind : NULL;
	r->view.is_recovering = ours;
	pthread_mutex_unlock(&r->inbox.lock);
	/* It sleeps without a timer while nothing goes on. */
	rproc_wake_service(r);
}

/* For the journal. */
static void say_caller(const char *comm, int pid)
{
	char text[16] = "";

	if (pid)
		snprintf(text, sizeof(text), "%d", pid);
	log_about(FIELD_CALLER, comm);
	log_about(FIELD_CALLER_PID, text);
}

static void say_episode(struct rproc *r)
{
	char id[EPISODE_ID_MAX];

	episode_id(&r->episode, id);
	log_about(FIELD_EPISODE, id);
}

static void say_no_more(void)
{
	say_caller("", 0);
	log_about(FIELD_EPISODE, "");
}

void held_begin(struct rproc *r, const struct wish *w)
{
	const struct caller *c = w->is_open ? &w->caller : NULL;
	const struct parked *p = w->parked;
	struct hold *h = &r->hold;
	enum remoteproc_state state;

	hold_begin(h, &r->rp, r->config, r->world->kside, c ? c->tid : p ? p->tid : 0);
	describe_request(r, c, p);
	/* A pass of an earlier turn would be good for this hold, which is not complete yet. */
	if (r->world->kside)
		parked_callers_revoke(&r->parked, r->world->kside);
	show_begun(r, c, !c && !p);
	/* It may have been refused before it was known what the hold is for. */
	if (c && c->unbind && unbind_verdict(c->unbind) == VERDICT_REFUSED)
		rproc_cancel_for(r, c->unbind);
	episode_begin(&r->episode, h);
	if (c || p)
		say_caller(c ? h->caller_comm : p->comm, c ? task_process(c->tid) : p->pid);
	say_episode(r);
	state = rproc_state(r);
	r->was_crashed = state == REMOTEPROC_CRASHED;
	announced_look(&r->announced, remoteproc_is_up(state));
	h->bound = r->world->bound;
	h->announced = &r->announced;
	/* One that has crashed announces nothing. */
	h->up_since_ms = r->was_crashed ? 0 : r->announced.up_since_ms;
	virtio_bindings_read(&r->rp, &r->bindings);
	r->let_go.at_ms = 0;
}

enum hold_result held_run(struct rproc *r)
{
	const enum hold_result result = hold_run(&r->hold);

	if (result == HOLD_SAFE)
		announced_remember(&r->announced, &r->hold);
	/* Nothing that is worth a wait for the disk can happen to a stop that is in nobody's way. */
	if (r->hold.met_somebody)
		episode_flush(&r->hold);
	return result;
}

static void show_ended(struct rproc *r)
{
	pthread_mutex_lock(&r->inbox.lock);
	r->view.in_hold = false;
	r->view.held_for = NULL;
	r->view.is_recovering = false;
	pthread_mutex_unlock(&r->inbox.lock);
}

void held_drop(struct rproc *r)
{
	say_no_more();
	show_ended(r);
	hold_end(&r->hold, false);
}

enum rproc_result held_without(enum hold_result result)
{
	return result == HOLD_REFUSED ? RESULT_REFUSED : RESULT_GIVEN_UP;
}

static bool is_recovery(enum rproc_result result)
{
	return result == RESULT_RECOVERED || result == RESULT_RECOVERED_UNSAFELY;
}

static bool is_stop(enum rproc_result result)
{
	return result == RESULT_STOPPED || result == RESULT_STOPPED_UNSAFELY ||
	       result == RESULT_UNBOUND || result == RESULT_UNBOUND_UNSAFELY;
}

/* As the kernel, which tries a recovery only once. */
static bool is_failure(enum rproc_result result)
{
	return result == RESULT_STOP_FAILED || result == RESULT_NOT_RECOVERED;
}

static void show_result(struct rproc *r, enum rproc_result result)
{
	const uint64_t until = r->let_go.at_ms ? r->let_go.at_ms : clock_ms();
	struct rproc_view *v = &r->view;

	pthread_mutex_lock(&r->inbox.lock);
	v->last.result = result;
	v->last.action = timeline_action_name(r->hold.action);
	v->last.held_ms = until - r->hold.requested_ms;
	v->last.at = time(NULL);
	snprintf(v->last.caller, sizeof(v->last.caller), "%s", r->hold.caller_name);
	snprintf(v->last.reason, sizeof(v->last.reason), "%s", r->hold.reason);
	v->recoveries += is_recovery(result);
	v->stops += is_stop(result);
	tally_add(&v->tally, result, v->last.held_ms);
	pthread_mutex_unlock(&r->inbox.lock);
}

void held_account(struct rproc *r, enum rproc_result result, bool carried_out)
{
	/* Whatever was asked for, a gate in front of freed memory stays closed. */
	const bool torn_down = rproc_is_torn_down(r);

	show_result(r, result);
	if (carried_out)
		r->crash_handled = is_failure(result); /* the next one is another */
	episode_end(&r->episode, &(struct episode_result){ result, r->hold.reason, r->hold.cause,
							   carried_out || torn_down });
	show_ended(r);
	hold_end(&r->hold, carried_out || torn_down);
	episode_over(&r->episode);
	/* Nobody consumes what is sent to one that has crashed. */
	if (!carried_out && !torn_down && r->world->kside && rproc_state(r) == REMOTEPROC_CRASHED)
		kside_gate_close(r->world->kside, r->rp.index);
	say_no_more();
	rproc_enter(r, RPROC_IDLE);
	rproc_wake_service(r);
}
