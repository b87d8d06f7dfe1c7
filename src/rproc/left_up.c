// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells apart what a caller can leave behind that was let go and has not taken it down: by the virtio
 * drivers that are bound, at every level, and by what the kernel side has seen of rproc_shutdown().
 *
 * rproc_stop() stops the subdevices first, and with them go the channels and the virtqueues. When the
 * driver's own stop fails behind that, the state stays as it was and the power count is put back (5.10
 * to 6.12): the kernel tries it again at the next stop, and a start does nothing until then.
 */
#include "rproc/left_up.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "log/log.h"

void left_up_begin(struct rproc *r)
{
	if (r->world->kside)
		kside_shutdowns(r->world->kside, r->rp.index, &r->shutdowns);
}

/* Whether the kernel was asked meanwhile, as far as can be seen. */
static bool was_asked(const struct rproc *r, struct kside_shutdowns *now)
{
	if (!r->world->kside)
		return false;
	kside_shutdowns(r->world->kside, r->rp.index, now);
	return now->n != r->shutdowns.n;
}

__attribute__((format(printf, 3, 4))) static void
give_reason(struct hold *h, enum timeline_cause cause, const char *fmt, ...)
{
	va_list ap;

	h->cause = cause;
	va_start(ap, fmt);
	vsnprintf(h->reason, sizeof(h->reason), fmt, ap);
	va_end(ap);
}

bool left_torn_down(struct rproc *r)
{
	/* An unbind takes the channels away, too, and then that is what was asked for. */
	const bool torn_down = r->hold.action != TL_ACTION_UNBIND && !virtio_is_bound(&r->rp) &&
			       (r->bindings.n > 0 || rproc_is_torn_down(r));

	rproc_set_torn_down(r, torn_down);
	if (torn_down)
		give_reason(&r->hold, TL_CAUSE_STOP_FAILED, "%s", STOP_FAILED_REASON);
	return torn_down;
}

static void say_torn_down(const struct rproc *r, enum remoteproc_state state, const char *another)
{
	log_as(LOG_STOP_FAILED, LVL_ERROR,
	       "%s: the stop failed after the teardown (see the kernel's log): it is still "
	       "%s, but its channels are gone. Ask for the %s again; a start does nothing",
	       r->rp.name, remoteproc_state_name(state), another);
}

void left_torn_down_unheld(struct rproc *r)
{
	rproc_set_torn_down(r, true);
	if (rproc_is_torn_down(r))
		say_torn_down(r, rproc_state(r), "stop");
}

static enum rproc_result torn_down(struct rproc *r, enum remoteproc_state state)
{
	const bool recovery = r->hold.action == TL_ACTION_RECOVERY;
	struct kside_shutdowns now;

	/* It was so before, and nobody has seen that it was tried again. */
	if (r->bindings.n == 0 && !recovery && !was_asked(r, &now)) {
		hold_event(&r->hold,
			   "not carried out: an earlier stop failed, it is still %s, but its "
			   "channels are gone. Ask for a stop again",
			   remoteproc_state_name(state));
		return RESULT_NOT_CARRIED_OUT;
	}
	say_torn_down(r, state, recovery ? "recovery" : "stop");
	return recovery ? RESULT_NOT_RECOVERED : RESULT_STOP_FAILED;
}

/* Why it was not done: in the words of the kernel, where they are known. */
static void explain(struct rproc *r, const char *why)
{
	struct kside_shutdowns now;

	if (!was_asked(r, &now))
		give_reason(&r->hold, TL_CAUSE_NONE, "%s", why);
	else if (now.told && now.result)
		give_reason(&r->hold, TL_CAUSE_KERNEL_REFUSED, "the kernel refused it: %s",
			    strerror(-now.result));
	else if (now.told)
		give_reason(&r->hold, TL_CAUSE_POWERED,
			    "the kernel only counted this stop: it was started more than once, "
			    "and each start needs a stop");
	/* Before 5.18 the kernel does not tell. Where no channel was left, a stop may have failed before. */
	else if (r->bindings.n > 0)
		give_reason(&r->hold, TL_CAUSE_POWERED,
			    "the kernel did nothing: probably it was started more than once, "
			    "and each start needs a stop");
	else
		give_reason(&r->hold, TL_CAUSE_KERNEL_REFUSED,
			    "the kernel did not do it; see the kernel's log");
}

static enum rproc_result not_carried_out(struct rproc *r, enum remoteproc_state state,
					 const char *why)
{
	explain(r, why);
	hold_event(&r->hold, "not carried out: %s; %s%s", r->hold.reason,
		   state == REMOTEPROC_CRASHED ? "still crashed"
		   : r->world->kside	       ? "gate open, "
					       : "",
		   state == REMOTEPROC_CRASHED ? "" : "ttys restored");
	return RESULT_NOT_CARRIED_OUT;
}

static enum rproc_result recovered(struct rproc *r, enum remoteproc_state state, bool safe)
{
	hold_event(&r->hold, "recovered: %s is %s", r->rp.name, remoteproc_state_name(state));
	if (r->world->kside && state != REMOTEPROC_CRASHED)
		kside_gate_open(r->world->kside, r->rp.index);
	return safe ? RESULT_RECOVERED : RESULT_RECOVERED_UNSAFELY;
}

enum rproc_result left_up(struct rproc *r, enum remoteproc_state state, bool safe, const char *why)
{
	const bool lost = virtio_bindings_lost(&r->rp, &r->bindings);

	if (left_torn_down(r))
		return torn_down(r, state);
	/* It may have crashed again by now: then the next look begins anew, as the kernel would. */
	if ((r->was_crashed && state != REMOTEPROC_CRASHED) ||
	    (r->hold.action == TL_ACTION_RECOVERY && lost))
		return recovered(r, state, safe);
	if (!lost)
		return not_carried_out(r, state, why);
	hold_event(&r->hold, "unbound: %s is %s, its channels are gone", r->rp.name,
		   remoteproc_state_name(state));
	return safe ? RESULT_UNBOUND : RESULT_UNBOUND_UNSAFELY;
}
