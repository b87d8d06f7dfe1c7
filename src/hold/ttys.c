// SPDX-License-Identifier: GPL-2.0-only
#include "hold/ttys.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "hold/settle.h"
#include "hold/unmended.h"
#include "system/files.h"
#include "system/holders.h"

#define HOLDERS_MAX 64

/* Who has ttys open, at one moment. */
struct present {
	struct holder holders[HOLDERS_MAX];
	size_t n;
};

static struct hold_tty *find_tty(struct hold *h, const struct rpmsg_tty *tty)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		if (h->ttys[i].keepout.tty.dev == tty->dev &&
		    strcmp(h->ttys[i].keepout.tty.name, tty->name) == 0)
			return &h->ttys[i];
	return NULL;
}

/* Not kept out yet, or made anew since then: its channel was withdrawn and announced again. */
static bool is_new(struct hold *h, const struct rpmsg_tty *tty)
{
	const struct hold_tty *t = find_tty(h, tty);

	return !t || keepout_is_undone(&t->keepout);
}

static bool keep_out_of(struct hold *h, const struct rpmsg_tty *tty,
			const struct other_devs *others)
{
	struct hold_tty *t = find_tty(h, tty);
	int err;

	if (tty->ambiguous)
		hold_event(h, "%s: no channel says whose it is; taken as this one's", tty->node);
	if (!t && h->n_ttys == RPMSG_TTY_MAX) {
		hold_give_up(h, "ttys:", "more than can be handled", -E2BIG);
		return false;
	}
	if (t)
		keepout_end(&t->keepout);
	else
		t = &h->ttys[h->n_ttys];
	err = keepout_begin(&t->keepout, tty, others);
	if (err) {
		hold_give_up(h, tty->node, "cannot be kept from being opened", err);
		return false;
	}
	/* The kernel may be about to make its node: it was looked at a moment too early. */
	if (!t->keepout.removed)
		h->tty_generation = 0;
	if (t == &h->ttys[h->n_ttys])
		h->n_ttys++;
	hold_mark_tty(h, TL_KEPT_OUT, tty->node);
	return true;
}

static size_t list_new(struct hold *h, struct rpmsg_tty *ttys, bool *unsure)
{
	const size_t n = rpmsg_tty_list(&h->rp, h->config->ttys, ttys, RPMSG_TTY_MAX, unsure);
	size_t new = 0;

	for (size_t i = 0; i < n; i++)
		if (is_new(h, &ttys[i]))
			ttys[new ++] = ttys[i];
	return new;
}

bool ttys_keep_out(struct hold *h)
{
	struct rpmsg_tty ttys[RPMSG_TTY_MAX];
	struct other_devs *others;
	bool ok = true, unsure = false;
	size_t n;

	/* First, so that one which comes while they are listed is noticed later. */
	h->tty_generation = rpmsg_tty_generation();
	n = list_new(h, ttys, &unsure);
	if (unsure)
		h->tty_generation = 0;
	others = n ? other_devs_open() : NULL;
	for (size_t i = 0; ok && i < n; i++)
		ok = keep_out_of(h, &ttys[i], others);
	other_devs_close(others);
	if (ok)
		hold_set_state(h, HOLD_KEPT_OUT);
	return ok;
}

bool ttys_newcomers(struct hold *h)
{
	struct rpmsg_tty ttys[RPMSG_TTY_MAX];
	bool unsure = false;
	size_t n;

	if (h->tty_generation && h->tty_generation == rpmsg_tty_generation())
		return false;
	n = list_new(h, ttys, &unsure);
	for (size_t i = 0; i < n; i++)
		hold_event(h, "%s has appeared meanwhile", ttys[i].node);
	return n > 0 || unsure;
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
	hold_set_waiting(h, "%s", who);
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
		hold_set_waiting(h, "memory");
		return WAITED_TIMED_OUT;
	}
	waited = hold_wait(h, h->deadline_ms, settled, s);
	if (open)
		*open = settle_open(s);
	settle_end(s);
	return waited;
}

/* One walk of /proc for both: who may still come, and who is there. */
enum waited ttys_settle(struct hold *h)
{
	uint64_t open;
	enum waited waited = settle(h, SETTLE_NEWCOMERS, &open);

	if (waited != WAITED_DONE)
		return waited;
	for (size_t i = 0; i < h->n_ttys; i++)
		h->ttys[i].seen_open = open & (UINT64_C(1) << i);
	hold_set_state(h, HOLD_SETTLED);
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
	hold_set_waiting(h, "writers inside %s to leave: %s", t->keepout.tty.node, who);
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
	h->met_somebody = true;
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

enum waited ttys_hang_up(struct hold *h)
{
	struct present present = { 0 };
	enum waited waited;
	int err;

	if (any_seen_open(h))
		look_who_is_there(h, &present);
	for (size_t i = 0; i < h->n_ttys; i++) {
		err = start_hangup(h, &h->ttys[i], &present);
		if (err) {
			hold_give_up(h, h->ttys[i].keepout.tty.node, "cannot be hung up", err);
			return WAITED_FAILED;
		}
	}
	for (size_t i = 0; i < h->n_ttys; i++) {
		if (!h->ttys[i].hangup)
			continue;
		waited = hold_wait(h, h->deadline_ms, hung_up, &h->ttys[i]);
		if (waited != WAITED_DONE)
			return waited;
		err = hangup_result(h->ttys[i].hangup);
		if (err) {
			hold_give_up(h, h->ttys[i].keepout.tty.node, "cannot be hung up", err);
			return WAITED_FAILED;
		}
		hold_mark_tty(h, TL_HUNG_UP, h->ttys[i].keepout.tty.node);
	}
	hold_set_state(h, HOLD_HUNG_UP);
	return WAITED_DONE;
}

static bool all_closed(struct hold *h, void *arg)
{
	struct present present;
	char who[128];

	(void)arg;
	/* Our own descriptors of a hold that was given up do not show to us in /proc. */
	if (hangup_abandoned()) {
		hold_set_waiting(h, "the hang-up of an earlier hold to end");
		return false;
	}
	look_who_is_there(h, &present);
	for (size_t i = 0; i < h->n_ttys; i++) {
		const struct hold_tty *t = &h->ttys[i];

		if (t->keepout.tty.counted || !is_open(&present, i, who, sizeof(who)))
			continue;
		hold_set_waiting(h, "%s to be closed by %s", t->keepout.tty.node, who);
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
	waited = hold_wait(h, clock_ms() + h->config->kill_grace_ms, all_closed, NULL);
	if (waited != WAITED_TIMED_OUT)
		return waited;
	signal_holders(h, SIGKILL);
	return hold_wait(h, clock_ms() + h->config->kill_grace_ms, all_closed, NULL);
}

/* Whether a tty was hung up whose descriptors must not outlive the channel. */
static bool must_be_closed(const struct hold *h)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		if (h->ttys[i].hangup && !h->ttys[i].keepout.tty.counted)
			return true;
	return false;
}

enum hold_result ttys_wait_closed(struct hold *h)
{
	enum waited waited = WAITED_DONE;

	/* Where nobody had a tty open after newcomers were kept out, nobody can have one now. */
	if (must_be_closed(h) || hangup_abandoned())
		waited = hold_wait(h, close_deadline(h), all_closed, NULL);

	if (waited == WAITED_TIMED_OUT && h->config->on_open_descriptor == OOD_KILL)
		waited = kill_holders(h);
	if (waited == WAITED_DONE && must_be_closed(h))
		waited = settle(h, SETTLE_CLOSES, NULL);
	if (waited == WAITED_CANCELLED)
		return HOLD_CANCELLED;
	if (waited == WAITED_TIMED_OUT) {
		hold_blame(h);
		return h->config->on_open_descriptor == OOD_PROCEED ? HOLD_UNSAFE : HOLD_REFUSED;
	}
	if (must_be_closed(h))
		hold_mark_tty(h, TL_CLOSED, NULL);
	hold_set_state(h, HOLD_CLOSED);
	return HOLD_SAFE;
}

void ttys_mend(struct hold *h, bool all_are_closed)
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
		hold_step(h, TL_MENDED, -1, "every descriptor closed, ports mended");
	hold_set_state(h, HOLD_MENDED);
}

void ttys_end(struct hold *h, bool carried_out)
{
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
}
