// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of the steps is the argument for safety:
 *
 *  1. The gate closes first, so that no send that starts later gets in; after the barrier in
 *     guard_gate_close() everyone who is inside is on record.
 *  2. Newcomers are kept out before the hang-up, or programs that reopen on EIO undo it.
 *  3. Opens that had begun before that are waited for, so that the hang-up meets every descriptor,
 *     and releases, so that a tty which nobody has open any more is not torn down under one (see
 *     settle.h).
 *     Then senders that sleep for a buffer of a hung remote processor are woken and leave (see
 *     eject.h), because the hang-up waits for them and they would take 15 s.
 *  4. The hang-up makes later writes through open descriptors fail in the tty core, before the
 *     driver, and waits for writers that are inside the line discipline.
 *  5. Senders that are not tty writers (rpmsg_char, the kernel's own) are waited for by record.
 *  6. A hung-up descriptor that is closed after the teardown touches the driver's freed port, so
 *     the closes are waited for. Where the driver counts the references to its port (the kernel's
 *     own rpmsg_tty) the port outlives the teardown, and nobody waits. Steps 2 to 4 are for those
 *     ttys, too: their driver hangs up by itself only when its channel is removed, in a work item
 *     that nobody waits for, so that a writer may still be inside a send when the virtqueues go
 *     (seen on 6.1, in one of four stops).
 *  7. The port is mended last: it takes a moment when nobody else has the tty open.
 */
#include "hold/hold.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guard/ejecting.h"
#include "hold/eject.h"
#include "hold/pause.h"
#include "hold/settle.h"
#include "hold/unmended.h"
#include "log/log.h"
#include "system/files.h"
#include "system/holders.h"
#include "system/task.h"

#define HOLDERS_MAX 64
#define SENDERS_MAX 16

/* A remote processor that is alive gives a buffer back within milliseconds: nobody is ejected then. */
#define EJECT_AFTER_MS 100
/* How long those that were woken may take to get out; each takes some microseconds of CPU time. */
#define EJECT_WAIT_MS 5000
#define EJECT_MAX 64

/* Who has ttys open, at one moment. */
struct present {
	struct holder holders[HOLDERS_MAX];
	size_t n;
};

static const char *const state_names[] = {
	[HOLD_REQUESTED] = "requested", [HOLD_GATE_CLOSED] = "gate closed",
	[HOLD_KEPT_OUT] = "kept out",	[HOLD_SETTLED] = "settled",
	[HOLD_EJECTED] = "ejected",	[HOLD_HUNG_UP] = "hung up",
	[HOLD_DRAINED] = "drained",	[HOLD_CLOSED] = "closed",
	[HOLD_MENDED] = "mended",	[HOLD_RELEASED] = "released",
};

const char *hold_state_name(enum hold_state state)
{
	return state_names[state];
}

void hold_event(const struct hold *h, const char *fmt, ...)
{
	uint64_t ms = clock_ms() - h->requested_ms;
	char text[384];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_notice("%s +%llu.%03llu s  %s", h->rp.name, (unsigned long long)(ms / 1000),
		   (unsigned long long)(ms % 1000), text);
}

static void set_state(struct hold *h, enum hold_state state)
{
	pthread_mutex_lock(&h->progress_lock);
	h->state = state;
	h->waiting_for[0] = '\0';
	pthread_mutex_unlock(&h->progress_lock);
	pause_in_state(hold_state_name(state));
}

static void set_waiting(struct hold *h, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	pthread_mutex_lock(&h->progress_lock);
	vsnprintf(h->waiting_for, sizeof(h->waiting_for), fmt, ap);
	pthread_mutex_unlock(&h->progress_lock);
	va_end(ap);
}

enum hold_state hold_progress(struct hold *h, char *waiting_for, size_t len)
{
	enum hold_state state;

	pthread_mutex_lock(&h->progress_lock);
	state = h->state;
	snprintf(waiting_for, len, "%s", h->waiting_for);
	pthread_mutex_unlock(&h->progress_lock);
	return state;
}

void hold_begin(struct hold *h, const struct remoteproc *rp, const struct rproc_config *config,
		struct guard *guard, int caller)
{
	char comm[16];

	memset(h, 0, sizeof(*h));
	h->rp = *rp;
	h->config = config;
	h->guard = guard;
	h->caller = caller;
	h->requested_ms = clock_ms();
	h->deadline_ms = h->requested_ms + config->hold_timeout_ms;
	pthread_mutex_init(&h->progress_lock, NULL);
	task_comm(caller ? caller : getpid(), comm);
	snprintf(h->caller_name, sizeof(h->caller_name), "%s[%d]", comm,
		 caller ? caller : getpid());
	h->action = "stop";
	snprintf(h->request, sizeof(h->request), "stop requested by %s", h->caller_name);
}

static bool caller_gone(const struct hold *h)
{
	return h->caller && !task_alive(h->caller);
}

static bool cancelled(const struct hold *h)
{
	return atomic_load(&h->cancelled) || caller_gone(h);
}

static unsigned int ms_until(uint64_t deadline_ms)
{
	uint64_t now = clock_ms();

	return now < deadline_ms ? (unsigned int)(deadline_ms - now) : 0;
}

/* What a step that waits came to. */
enum waited { WAITED_DONE, WAITED_TIMED_OUT, WAITED_CANCELLED, WAITED_FAILED };

/*
 * Looks at a condition again and again, more and more seldom: most are fulfilled within a
 * millisecond, the others within seconds.
 */
typedef bool (*condition_fn)(struct hold *h, void *arg);

static enum waited wait_until(struct hold *h, uint64_t deadline_ms, condition_fn condition,
			      void *arg)
{
	unsigned int pause = 1;

	while (!condition(h, arg)) {
		if (cancelled(h))
			return WAITED_CANCELLED;
		if (!ms_until(deadline_ms))
			return WAITED_TIMED_OUT;
		pause_ms(pause);
		pause = pause < 16 ? pause * 2 : 20;
	}
	return WAITED_DONE;
}

/*
 * Something could not be done that safety rests on. The stop is refused or let through as unsafe,
 * as after a time-out; the rest of the sequence would prove nothing.
 */
static void give_up(struct hold *h, const char *node, const char *what, int err)
{
	snprintf(h->reason, sizeof(h->reason), "%s %s: %s", node, what, strerror(-err));
}

static bool close_gate(struct hold *h)
{
	int err = h->guard ? guard_gate_close(h->guard, h->rp.index) : 0;

	if (err && err != -ERANGE) {
		give_up(h, "the gate", "cannot be closed", err);
		return false;
	}
	if (err)
		hold_event(h, "no gate for so high a number: sends are waited for, not refused");
	else if (h->guard)
		hold_event(h, "gate closed");
	set_state(h, HOLD_GATE_CLOSED);
	return true;
}

static bool keep_out_of(struct hold *h, const struct rpmsg_tty *tty,
			const struct other_devs *others)
{
	int err;

	if (tty->ambiguous)
		hold_event(h, "%s: no channel says whose it is; taken as this one's", tty->node);
	err = keepout_begin(&h->ttys[h->n_ttys].keepout, tty, others);
	if (err) {
		give_up(h, tty->node, "cannot be kept from being opened", err);
		return false;
	}
	h->n_ttys++;
	return true;
}

static bool keep_out(struct hold *h)
{
	struct rpmsg_tty ttys[RPMSG_TTY_MAX];
	size_t n = rpmsg_tty_list(&h->rp, h->config->ttys, ttys, RPMSG_TTY_MAX);
	struct other_devs *others = n ? other_devs_open() : NULL;
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++)
		ok = keep_out_of(h, &ttys[i], others);
	other_devs_close(others);
	if (ok && n == RPMSG_TTY_MAX) {
		give_up(h, "ttys:", "more than can be handled", -E2BIG);
		ok = false;
	}
	if (ok)
		set_state(h, HOLD_KEPT_OUT);
	return ok;
}

static size_t tty_devices(const struct hold *h, dev_t *devs)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		devs[i] = h->ttys[i].keepout.tty.dev;
	return h->n_ttys;
}

/* One walk of /proc for all ttys: there may be dozens of them, each with a program of its own. */
static void look_who_is_there(const struct hold *h, struct present *p)
{
	dev_t devs[RPMSG_TTY_MAX];

	p->n = devices_holders(devs, tty_devices(h, devs), p->holders, HOLDERS_MAX);
}

/* Whether somebody else has the tty of number @i open; tells who. */
static bool is_open(const struct present *p, size_t i, char *who, size_t len)
{
	struct holder holders[HOLDERS_MAX];
	size_t n = 0;

	for (size_t k = 0; k < p->n; k++)
		if (p->holders[k].devices & (UINT64_C(1) << i))
			holders[n++] = p->holders[k];
	holders_format(holders, n, who, len);
	return n > 0;
}

static bool settled(struct hold *h, void *arg)
{
	char who[64];

	if (settle_done(arg, who, sizeof(who)))
		return true;
	set_waiting(h, "%s", who);
	return false;
}

static enum waited settle(struct hold *h, enum settle_what what, uint64_t *open)
{
	dev_t devs[RPMSG_TTY_MAX];
	const size_t n = tty_devices(h, devs);
	enum waited waited;
	struct settle *s;

	s = settle_begin(what, devs, open ? n : 0);
	if (!s) {
		set_waiting(h, "memory");
		return WAITED_TIMED_OUT;
	}
	waited = wait_until(h, h->deadline_ms, settled, s);
	if (open)
		*open = settle_open(s);
	settle_end(s);
	return waited;
}

/* One walk of /proc for both: who may still come, and who is there. */
static enum waited settle_newcomers(struct hold *h)
{
	uint64_t open;
	enum waited waited = settle(h, SETTLE_NEWCOMERS, &open);

	if (waited != WAITED_DONE)
		return waited;
	for (size_t i = 0; i < h->n_ttys; i++)
		h->ttys[i].seen_open = open & (UINT64_C(1) << i);
	set_state(h, HOLD_SETTLED);
	return WAITED_DONE;
}

static bool drained(struct hold *h, void *arg)
{
	struct guard_sender senders[SENDERS_MAX];
	size_t n = guard_senders(h->guard, h->rp.index, senders, SENDERS_MAX);
	uint64_t ms;

	(void)arg;
	if (!n)
		return true;
	ms = (clock_ns() - senders[0].since_ns) / 1000000ULL;
	set_waiting(h, "%zu sender%s inside: %s[%d] in %s for %llu.%llu s", n, n > 1 ? "s" : "",
		    senders[0].comm, senders[0].pid, senders[0].function,
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

	set_waiting(h, "%zu senders to leave their sleep", n);
	return eject_step(arg, senders, n) == 0 && (n == 0 || eject_traced(arg));
}

static enum waited eject_sleepers(struct hold *h)
{
	struct eject *e = eject_begin(h->guard, h->rp.index);
	enum waited waited;

	if (!e)
		return WAITED_DONE;
	waited = wait_until(h, clock_ms() + EJECT_WAIT_MS, ejected, e);
	if (eject_count(e))
		hold_event(h, "ejected %zu sender%s asleep for want of a buffer", eject_count(e),
			   eject_count(e) > 1 ? "s" : "");
	if (eject_traced(e))
		hold_event(h, "thread %d is being debugged: its send is waited for",
			   eject_traced(e));
	eject_end(e);
	return waited;
}

/* Who cannot be ejected is waited for in the steps that follow. */
static enum waited eject(struct hold *h)
{
	enum waited waited = WAITED_DONE;

	if (h->guard && h->config->eject && ejecting_possible(h->guard, h->rp.index))
		waited = wait_until(h, clock_ms() + EJECT_AFTER_MS, drained, NULL);
	if (waited == WAITED_TIMED_OUT)
		waited = eject_sleepers(h);
	if (waited == WAITED_CANCELLED)
		return waited;
	set_state(h, HOLD_EJECTED);
	return WAITED_DONE;
}

static bool hung_up(struct hold *h, void *arg)
{
	const struct hold_tty *t = arg;
	struct present present;
	char who[128];

	/* The job itself wakes us up at once; the look at /proc costs more than most waits. */
	if (hangup_wait(t->hangup, 100))
		return true;
	look_who_is_there(h, &present);
	is_open(&present, (size_t)(t - h->ttys), who, sizeof(who));
	set_waiting(h, "writers inside %s to leave: %s", t->keepout.tty.node, who);
	return false;
}

static int start_hangup(struct hold *h, struct hold_tty *t, const struct present *present)
{
	char who[128];

	if (t->hangup || (!t->seen_open && !unmended_is(t->keepout.tty.name)))
		return 0;
	/* A port that is counted is in order after any close, seen or not. */
	if (!t->keepout.tty.counted)
		unmended_note(t->keepout.tty.name);
	/* Even one that was closed meanwhile: the release may still be going on. */
	is_open(present, (size_t)(t - h->ttys), who, sizeof(who));
	t->hangup = hangup_start(t->keepout.path_fd);
	if (!t->hangup)
		return -errno;
	hold_event(h, "hanging up %s, %s%s", t->keepout.tty.node,
		   who[0]	  ? "open by "
		   : t->seen_open ? "open a moment ago"
				  : "not mended after the last hold",
		   who);
	return 0;
}

static bool any_seen_open(const struct hold *h)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		if (h->ttys[i].seen_open)
			return true;
	return false;
}

static enum waited hang_up(struct hold *h)
{
	struct present present = { 0 };
	enum waited waited;
	int err;

	if (any_seen_open(h))
		look_who_is_there(h, &present);
	for (size_t i = 0; i < h->n_ttys; i++) {
		err = start_hangup(h, &h->ttys[i], &present);
		if (err) {
			give_up(h, h->ttys[i].keepout.tty.node, "cannot be hung up", err);
			return WAITED_FAILED;
		}
	}
	for (size_t i = 0; i < h->n_ttys; i++) {
		if (!h->ttys[i].hangup)
			continue;
		waited = wait_until(h, h->deadline_ms, hung_up, &h->ttys[i]);
		if (waited != WAITED_DONE)
			return waited;
		err = hangup_result(h->ttys[i].hangup);
		if (err) {
			give_up(h, h->ttys[i].keepout.tty.node, "cannot be hung up", err);
			return WAITED_FAILED;
		}
	}
	set_state(h, HOLD_HUNG_UP);
	return WAITED_DONE;
}

static enum waited drain(struct hold *h)
{
	enum waited waited = WAITED_DONE;

	if (h->guard)
		waited = wait_until(h, h->deadline_ms, drained, NULL);
	if (waited == WAITED_DONE) {
		if (h->guard)
			hold_event(h, "drained: no sender inside");
		set_state(h, HOLD_DRAINED);
	}
	return waited;
}

static bool all_closed(struct hold *h, void *arg)
{
	struct present present;
	char who[128];

	(void)arg;
	/* Our own descriptors of a hold that was given up do not show to us in /proc. */
	if (hangup_abandoned()) {
		set_waiting(h, "the hang-up of an earlier hold to end");
		return false;
	}
	look_who_is_there(h, &present);
	for (size_t i = 0; i < h->n_ttys; i++) {
		const struct hold_tty *t = &h->ttys[i];

		if (t->keepout.tty.counted || !is_open(&present, i, who, sizeof(who)))
			continue;
		set_waiting(h, "%s to be closed by %s", t->keepout.tty.node, who);
		return false;
	}
	return true;
}

static uint64_t close_deadline(const struct hold *h)
{
	uint64_t deadline = clock_ms() + h->config->close_timeout_ms;

	return deadline < h->deadline_ms ? deadline : h->deadline_ms;
}

static void signal_holder(struct hold *h, const struct holder *holder, int signal)
{
	for (size_t i = 0; i < h->n_ttys; i++) {
		if (h->ttys[i].keepout.tty.counted || !(holder->devices & (UINT64_C(1) << i)))
			continue;
		hold_event(h, "%s sent to %s[%d], which keeps %s open",
			   signal == SIGTERM ? "SIGTERM" : "SIGKILL", holder->comm, holder->pid,
			   h->ttys[i].keepout.tty.node);
		kill(holder->pid, signal);
		return;
	}
}

static void signal_holders(struct hold *h, int signal)
{
	struct present present;

	look_who_is_there(h, &present);
	for (size_t i = 0; i < present.n; i++)
		signal_holder(h, &present.holders[i], signal);
}

static enum waited kill_holders(struct hold *h)
{
	enum waited waited;

	signal_holders(h, SIGTERM);
	waited = wait_until(h, clock_ms() + h->config->kill_grace_ms, all_closed, NULL);
	if (waited != WAITED_TIMED_OUT)
		return waited;
	signal_holders(h, SIGKILL);
	return wait_until(h, clock_ms() + h->config->kill_grace_ms, all_closed, NULL);
}

/* Who has which tty open, as the reason of a refusal. */
static void blame_holders(struct hold *h)
{
	char waiting_for[sizeof(h->waiting_for)];

	hold_progress(h, waiting_for, sizeof(waiting_for));
	snprintf(h->reason, sizeof(h->reason), "waited in vain for %s", waiting_for);
}

/* Whether a tty was hung up whose descriptors must not outlive the channel. */
static bool must_be_closed(const struct hold *h)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		if (h->ttys[i].hangup && !h->ttys[i].keepout.tty.counted)
			return true;
	return false;
}

static enum hold_result wait_closed(struct hold *h)
{
	enum waited waited = WAITED_DONE;

	/* Where nobody had a tty open after newcomers were kept out, nobody can have one now. */
	if (must_be_closed(h) || hangup_abandoned())
		waited = wait_until(h, close_deadline(h), all_closed, NULL);

	if (waited == WAITED_TIMED_OUT && h->config->on_open_descriptor == OOD_KILL)
		waited = kill_holders(h);
	if (waited == WAITED_DONE && must_be_closed(h))
		waited = settle(h, SETTLE_CLOSES, NULL);
	if (waited == WAITED_CANCELLED)
		return HOLD_CANCELLED;
	if (waited == WAITED_TIMED_OUT) {
		blame_holders(h);
		return h->config->on_open_descriptor == OOD_PROCEED ? HOLD_UNSAFE : HOLD_REFUSED;
	}
	set_state(h, HOLD_CLOSED);
	return HOLD_SAFE;
}

static void mend(struct hold *h, bool all_are_closed)
{
	const bool closed = all_are_closed && must_be_closed(h);

	for (size_t i = 0; i < h->n_ttys; i++) {
		if (h->ttys[i].hangup)
			hangup_finish(h->ttys[i].hangup);
		h->ttys[i].hangup = NULL;
		if (all_are_closed)
			unmended_forget(h->ttys[i].keepout.tty.name);
	}
	if (closed)
		hold_event(h, "every descriptor closed, ports mended");
	set_state(h, HOLD_MENDED);
}

static enum hold_result unfinished(struct hold *h, enum waited why)
{
	if (why == WAITED_TIMED_OUT)
		blame_holders(h);
	return h->config->on_timeout == ON_TIMEOUT_PROCEED ? HOLD_UNSAFE : HOLD_REFUSED;
}

static enum hold_result sequence(struct hold *h)
{
	enum hold_result result = HOLD_SAFE;
	enum waited waited;

	waited = close_gate(h) && keep_out(h) ? WAITED_DONE : WAITED_FAILED;
	if (waited == WAITED_DONE && h->n_ttys)
		waited = settle_newcomers(h);
	if (waited == WAITED_DONE)
		waited = eject(h);
	if (waited == WAITED_DONE)
		waited = hang_up(h);
	if (waited == WAITED_DONE)
		waited = drain(h);
	if (waited == WAITED_CANCELLED)
		return HOLD_CANCELLED;
	if (waited != WAITED_DONE)
		result = unfinished(h, waited);
	if (result == HOLD_SAFE)
		result = wait_closed(h);
	if (result == HOLD_SAFE || result == HOLD_UNSAFE)
		mend(h, result == HOLD_SAFE);
	return result;
}

enum hold_result hold_run(struct hold *h)
{
	enum hold_result result;

	hold_event(h, "%s: held", h->request);
	result = sequence(h);
	if (result == HOLD_SAFE)
		hold_event(h, "released: the %s may go on", h->action);
	else if (result == HOLD_UNSAFE)
		log_warning("%s: UNSAFE %s let through: %s", h->rp.name, h->action, h->reason);
	else if (result == HOLD_REFUSED)
		log_warning("%s: %s refused: %s", h->rp.name, h->action, h->reason);
	else
		hold_event(h, "given up: %s has gone", h->caller_name);
	set_state(h, HOLD_RELEASED);
	return result;
}

void hold_end(struct hold *h, bool carried_out)
{
	if (!carried_out && h->guard)
		guard_gate_open(h->guard, h->rp.index);
	for (size_t i = 0; i < h->n_ttys; i++) {
		if (h->ttys[i].hangup)
			hangup_finish(h->ttys[i].hangup);
		h->ttys[i].hangup = NULL;
		/* With the remote processor down the tty is gone, mended or not. */
		if (carried_out)
			unmended_forget(h->ttys[i].keepout.tty.name);
		keepout_end(&h->ttys[i].keepout);
	}
	h->n_ttys = 0;
	pthread_mutex_destroy(&h->progress_lock);
}
