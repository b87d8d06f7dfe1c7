// SPDX-License-Identifier: GPL-2.0-only
/*
 * Getting programs out of the ttys of a hold: asks the kernel who has one open, hangs those up, and
 * waits until every descriptor is closed that would touch the driver's freed port.
 */
#include <errno.h>
#include <string.h>

#include "hold/ending.h"
#include "hold/hangup.h"
#include "hold/keepers.h"
#include "hold/present.h"
#include "hold/steps.h"
#include "hold/workers.h"
#include "system/files.h"

/* Between two questions whether a descriptor that nothing shows is still there. */
#define ROUND_MS 100

/* Whether somebody else has the tty open, or may have, by a look of its own. */
static bool is_open_now(struct hold *h, const struct hold_tty *t)
{
	char who[128];

	present_look_closely(h);
	return present_has(h, (size_t)(t - h->ttys), who, sizeof(who)) || h->met.unfinished;
}

typedef bool (*tty_filter_fn)(const struct hold_tty *t);

static bool is_seen_open(const struct hold_tty *t)
{
	return t->seen_open;
}

static bool is_not_hung_up(const struct hold_tty *t)
{
	return !t->hangup && !t->keepout.tty.chardev;
}

/* Whether its descriptors must not outlive the channel. */
static bool must_be_closed(const struct hold_tty *t)
{
	return t->hung_up && !tty_may_stay_open(t);
}

static bool any(const struct hold *h, tty_filter_fn wanted)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		if (wanted(&h->ttys[i]))
			return true;
	return false;
}

static bool answered(struct hold *h, void *arg)
{
	const struct hold_tty *t = arg;

	if (hangup_wait(t->ask, 100))
		return true;
	hold_set_waiting(h, TL_CAUSE_TTY_OPENING, "a close of %s still runs", t->keepout.tty.node);
	return false;
}

/*
 * One that cannot be opened just now, or whose driver allows one open, may be somebody's. A driver
 * that refuses for a reason of its own (its open sends, and our gate is closed) leaves nothing but
 * a look.
 */
static bool answer_of(struct hold *h, const struct hold_tty *t)
{
	switch (hangup_result(t->ask)) {
	case 1:
	case -EBUSY:
	case -EAGAIN:
	case -EIO:
	case -EMFILE:
	case -ENFILE:
	case -ENOMEM:
		return true;
	case 0:
	case -ENODEV:
	case -ENXIO:
		return false;
	default:
		hold_event(h,
			   "%s: the kernel does not say whether it is open (%s); the guard "
			   "uses /proc only",
			   t->keepout.tty.node, strerror(-hangup_result(t->ask)));
		return is_open_now(h, t);
	}
}

/* Sets seen_open of those that @wanted says, by the kernel's own count; all are asked at once. */
static enum waited ask_who_is_there(struct hold *h, tty_filter_fn wanted)
{
	enum waited waited = WAITED_DONE;

	for (size_t i = 0; i < h->n_ttys; i++) {
		struct hold_tty *t = &h->ttys[i];

		t->ask = wanted(t) ? hangup_ask(t->keepout.path_fd) : NULL;
		if (wanted(t) && !t->ask) {
			hold_give_up(h, TL_CAUSE_HANGUP, t->keepout.tty.node,
				     "could not be checked", -errno);
			waited = WAITED_FAILED;
		}
	}
	for (size_t i = 0; i < h->n_ttys; i++) {
		struct hold_tty *t = &h->ttys[i];

		if (!t->ask)
			continue;
		if (waited == WAITED_DONE)
			waited = hold_wait(h, h->deadline_ms, answered, t);
		if (waited == WAITED_DONE)
			t->seen_open = answer_of(h, t);
		hangup_finish(t->ask);
		t->ask = NULL;
	}
	return waited;
}

/*
 * Whether a thread of the kernel keeps up any of the hang-ups: they are waited for in turn, and a writer of the tty
 * whose turn it is says less about why the stop takes so long.
 */
static bool waits_for_worker(struct hold *h)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		if (h->ttys[i].hangup && !hangup_wait(h->ttys[i].hangup, 0) &&
		    worker_wait_for_any(h, i, h->met.holders, h->met.n))
			return true;
	return false;
}

static bool hung_up(struct hold *h, void *arg)
{
	const struct hold_tty *t = arg;
	const size_t i = (size_t)(t - h->ttys);
	char who[128];

	/* The job itself wakes us up at once; the look at /proc costs more than most waits. */
	if (hangup_wait(t->hangup, 100))
		return true;
	present_look(h);
	if (waits_for_worker(h))
		return false;
	hold_set_waiting(h, TL_CAUSE_SENDER_INSIDE, "writers are still inside %s: %s",
			 t->keepout.tty.node,
			 present_has(h, i, who, sizeof(who)) ? who : present_unnamed(h));
	return false;
}

static enum waited start_hangups(struct hold *h)
{
	char who[128];

	/* For the names. Before the hang-ups: programs close their descriptors as soon as they see them. */
	if (any(h, is_seen_open))
		present_look(h);
	for (size_t i = 0; i < h->n_ttys; i++) {
		struct hold_tty *t = &h->ttys[i];

		if (t->hangup || !t->seen_open)
			continue;
		present_has(h, i, who, sizeof(who));
		h->met_somebody = true;
		t->hangup = hangup_start(t->keepout.path_fd);
		if (!t->hangup) {
			hold_give_up(h, TL_CAUSE_HANGUP, t->keepout.tty.node,
				     "could not be hung up", -errno);
			return WAITED_FAILED;
		}
		if (!t->hung_up)
			hold_event(h, "hanging up %s, open in %s", t->keepout.tty.node,
				   who[0] ? who : present_unnamed(h));
		t->hung_up = true;
	}
	keepers_tell(h);
	return WAITED_DONE;
}

static enum waited hang_up_all(struct hold *h)
{
	enum waited waited = start_hangups(h);
	int err;

	for (size_t i = 0; waited == WAITED_DONE && i < h->n_ttys; i++) {
		struct hold_tty *t = &h->ttys[i];

		if (!t->hangup)
			continue;
		waited = hold_wait(h, h->deadline_ms, hung_up, t);
		if (waited != WAITED_DONE)
			return waited;
		err = hangup_result(t->hangup);
		if (err) {
			hold_give_up(h, TL_CAUSE_HANGUP, t->keepout.tty.node,
				     "could not be hung up", err);
			return WAITED_FAILED;
		}
		if (!t->told)
			hold_mark_tty(h, TL_HUNG_UP, t->keepout.tty.node);
		t->told = true;
	}
	return waited;
}

enum waited ttys_hang_up(struct hold *h)
{
	enum waited waited = ask_who_is_there(h, is_not_hung_up);

	if (waited == WAITED_DONE)
		waited = hang_up_all(h);
	if (waited == WAITED_DONE)
		hold_set_state(h, HOLD_HUNG_UP);
	return waited;
}

/* Whether somebody is known to have one open that must be closed. */
static bool is_kept_open(struct hold *h)
{
	char who[128];

	for (size_t i = 0; i < h->n_ttys; i++) {
		const struct hold_tty *t = &h->ttys[i];

		/* One that was not hung up nobody had open. */
		if (tty_may_stay_open(t) || (!t->keepout.tty.chardev && !t->hung_up) ||
		    !present_has(h, i, who, sizeof(who)))
			continue;
		hold_set_waiting(h,
				 t->keepout.tty.chardev ? TL_CAUSE_DEVICE_OPEN : TL_CAUSE_TTY_OPEN,
				 "%s is still open in %s", t->keepout.tty.node, who);
		return true;
	}
	return false;
}

/*
 * First those who were met before. When none of them is left, a walk of all processes decides, but not where
 * the kernel is asked next (close_for_good()), which knows of every descriptor. If it says then that
 * somebody is left, the next time begins with a walk.
 */
static bool all_closed(struct hold *h, void *arg)
{
	bool closely;

	(void)arg;
	/* Our own descriptors of a hold that was given up do not show to us in /proc. */
	if (hangup_abandoned()) {
		hold_set_waiting(h, TL_CAUSE_HANGUP_RUNS,
				 "the hang-up of an earlier hold still "
				 "runs");
		return false;
	}
	if (h->looked) {
		present_look_again(h);
		keepers_tell(h);
		if (is_kept_open(h))
			return false;
	}
	closely = chardevs_need_close(h);
	if (!h->looked || closely) {
		if (closely)
			present_look_closely(h);
		else
			present_look(h);
		keepers_tell(h);
		if (is_kept_open(h))
			return false;
	}
	return chardevs_are_free(h);
}

void ttys_finish_hangups(struct hold *h)
{
	for (size_t i = 0; i < h->n_ttys; i++) {
		if (h->ttys[i].hangup)
			hangup_finish(h->ttys[i].hangup);
		h->ttys[i].hangup = NULL;
		h->ttys[i].seen_open = false;
	}
}

static enum waited wait_closed(struct hold *h, uint64_t *deadline)
{
	enum waited waited = hold_wait(h, *deadline, all_closed, NULL);

	if (waited == WAITED_TIMED_OUT && h->config->on_open_descriptor == OOD_KILL) {
		waited = holders_end(h, all_closed);
		/* A descriptor of one that was killed may be on its way to its last close. */
		*deadline = clock_ms() + ENDING_GRACE_MS;
	}
	return waited;
}

/*
 * A look at processes can miss a descriptor: two of them may hand it to each other while they are
 * looked at, one after the other. So when nobody seems to be left, the ports are mended and the
 * kernel is asked. Whoever is still there has a dead descriptor, or one that it got since: all is
 * hung up once more.
 */
static enum waited close_for_good(struct hold *h, uint64_t *deadline, bool *left)
{
	enum waited waited = wait_closed(h, deadline);

	*left = false;
	if (waited != WAITED_DONE)
		return waited;
	hold_set_state(h, HOLD_CLOSED);
	ttys_finish_hangups(h);
	waited = ask_who_is_there(h, must_be_closed);
	if (waited != WAITED_DONE || !any(h, is_seen_open))
		return waited;
	*left = true;
	h->looked = false;
	hold_set_waiting(h, TL_CAUSE_DESCRIPTOR_HIDDEN, "a tty is still open in %s",
			 present_unnamed(h));
	if (clock_ms() >= *deadline)
		return WAITED_TIMED_OUT;
	/* Nobody tells when such a descriptor is closed. */
	if (hold_wait(h, clock_ms() + ROUND_MS, NULL, NULL) == WAITED_CANCELLED)
		return WAITED_CANCELLED;
	return hang_up_all(h);
}

enum hold_result ttys_wait_closed(struct hold *h)
{
	uint64_t deadline = hold_by(h, clock_ms() + h->config->close_timeout_ms);
	enum waited waited = WAITED_DONE;
	/* Where nobody had a tty open after newcomers were kept out, nobody can have one now. */
	bool left = any(h, must_be_closed) || chardevs_need_close(h) || hangup_abandoned();

	if (left)
		chardevs_tell(h);
	while (waited == WAITED_DONE && left)
		waited = close_for_good(h, &deadline, &left);
	if (waited != WAITED_DONE)
		return hold_unfinished(h, waited, h->config->on_open_descriptor == OOD_PROCEED);
	keepers_have_closed(h);
	if (any(h, must_be_closed))
		hold_mark_tty(h, TL_CLOSED, NULL);
	hold_set_state(h, HOLD_CLOSED);
	return HOLD_SAFE;
}

void ttys_mend(struct hold *h, bool all_are_closed)
{
	const bool closed = all_are_closed && any(h, must_be_closed);

	ttys_finish_hangups(h);
	for (size_t i = 0; i < h->n_ttys; i++)
		h->ttys[i].hung_up = h->ttys[i].told = false;
	if (closed)
		hold_step(h, TL_MENDED, -1, "every descriptor closed, ports repaired");
	hold_set_state(h, HOLD_MENDED);
}
