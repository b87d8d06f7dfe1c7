// SPDX-License-Identifier: GPL-2.0-only
#include "hold/inside.h"

#include "guard/ejecting.h"
#include "hold/eject.h"
#include "system/files.h"

#define SENDERS_MAX 16

/* A remote processor that is alive gives a buffer back within milliseconds: nobody is ejected then. */
#define EJECT_AFTER_MS 100
/* How long those that were woken may take to get out; each takes some microseconds of CPU time. */
#define EJECT_WAIT_MS 5000
#define EJECT_MAX 64

static bool drained(struct hold *h, void *arg)
{
	struct guard_sender senders[SENDERS_MAX];
	size_t n = guard_senders(h->guard, h->rp.index, senders, SENDERS_MAX);
	uint64_t ms;

	(void)arg;
	if (!n)
		return true;
	h->met_somebody = true;
	ms = (clock_ns() - senders[0].since_ns) / 1000000ULL;
	hold_set_waiting(h, "%zu sender%s inside: %s[%d] in %s for %llu.%llu s", n,
			 n > 1 ? "s" : "", senders[0].comm, senders[0].pid, senders[0].function,
			 (unsigned long long)(ms / 1000), (unsigned long long)(ms % 1000 / 100));
	return false;
}

/*
 * Done when everybody is out. Who was on its way to its wait falls asleep a moment later, so one that
 * does not sleep yet is waited for, too; but not one that nobody can wake.
 */
static bool ejected(struct hold *h, void *arg)
{
	struct guard_sender senders[EJECT_MAX];
	const size_t n = guard_senders(h->guard, h->rp.index, senders, EJECT_MAX);

	hold_set_waiting(h, "%zu senders to leave their sleep", n);
	return eject_step(arg, senders, n) == 0 && (n == 0 || eject_traced(arg));
}

static enum waited eject_sleepers(struct hold *h)
{
	struct eject *e = eject_begin(h->guard, h->rp.index);
	enum waited waited;

	if (!e)
		return WAITED_DONE;
	waited = hold_wait(h, clock_ms() + EJECT_WAIT_MS, ejected, e);
	if (eject_count(e))
		hold_step(h, TL_EJECTED, (int64_t)eject_count(e),
			  "ejected %zu sender%s asleep for want of a buffer", eject_count(e),
			  eject_count(e) > 1 ? "s" : "");
	if (eject_traced(e))
		hold_event(h, "thread %d is being debugged: its send is waited for",
			   eject_traced(e));
	eject_end(e);
	return waited;
}

enum waited inside_eject(struct hold *h)
{
	enum waited waited = WAITED_DONE;

	if (h->guard && h->config->eject && ejecting_possible(h->guard, h->rp.index))
		waited = hold_wait(h, clock_ms() + EJECT_AFTER_MS, drained, NULL);
	if (waited == WAITED_TIMED_OUT)
		waited = eject_sleepers(h);
	if (waited == WAITED_CANCELLED)
		return waited;
	hold_set_state(h, HOLD_EJECTED);
	return WAITED_DONE;
}

enum waited inside_drain(struct hold *h)
{
	enum waited waited = WAITED_DONE;

	if (h->guard)
		waited = hold_wait(h, h->deadline_ms, drained, NULL);
	if (waited == WAITED_DONE) {
		if (h->guard)
			hold_step(h, TL_DRAINED, 0, "drained: no sender inside");
		hold_set_state(h, HOLD_DRAINED);
	}
	return waited;
}
