// SPDX-License-Identifier: GPL-2.0-only
#include "hold/ttys.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hold/other_nodes.h"
#include "hold/settle.h"
#include "system/files.h"
#include "system/holders.h"
#include "system/task.h"

#define HOLDERS_MAX 64

/* Between two questions whether a descriptor that nothing shows is still there. */
#define ROUND_MS 100

/* Between SIGTERM and SIGKILL, and after that. */
#define KILL_GRACE_MS 2000

static const char too_many[] =
	"more than 63 of one remote processor, which is all that are handled";

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

static bool keep_out_of(struct hold *h, const struct rpmsg_tty *tty)
{
	struct hold_tty *t = find_tty(h, tty);
	int err;

	if (tty->ambiguous)
		hold_event(h, "%s: no channel says whose it is; taken as this one's", tty->node);
	if (!t && h->n_ttys == RPMSG_TTY_MAX) {
		hold_give_up(h, "ttys:", too_many, -E2BIG);
		return false;
	}
	if (t)
		keepout_end(&t->keepout);
	else
		t = &h->ttys[h->n_ttys];
	err = keepout_begin(&t->keepout, tty);
	if (err) {
		hold_give_up(h, tty->node, "cannot be kept from being opened", err);
		return false;
	}
	/* The kernel may be about to make its node: it was looked at a moment too early. */
	if (!t->keepout.aside)
		h->tty_generation = 0;
	if (t->keepout.aside)
		reach_add(&h->reach, &t->keepout.rights);
	else
		h->reach.everybody = true;
	if (t == &h->ttys[h->n_ttys])
		h->n_ttys++;
	hold_mark_tty(h, TL_KEPT_OUT, tty->node);
	return true;
}

/* Those that are not kept out yet, or one more than there may be. */
#define LIST_MAX (RPMSG_TTY_MAX + 1)

static size_t list_new(struct hold *h, struct rpmsg_tty ttys[LIST_MAX], bool *unsure)
{
	const size_t n = rpmsg_tty_list(&h->rp, h->config->ttys, ttys, LIST_MAX, unsure);
	size_t new = 0;

	if (n > RPMSG_TTY_MAX)
		return n;

	for (size_t i = 0; i < n; i++)
		if (is_new(h, &ttys[i]))
			ttys[new ++] = ttys[i];
	return new;
}

bool ttys_keep_out(struct hold *h)
{
	struct rpmsg_tty ttys[LIST_MAX];
	bool ok = true, unsure = false;
	size_t n;

	/* First, so that one which comes while they are listed is noticed later. */
	h->tty_generation = rpmsg_tty_generation();
	n = list_new(h, ttys, &unsure);
	if (unsure)
		h->tty_generation = 0;
	if (n > RPMSG_TTY_MAX) {
		hold_give_up(h, "ttys:", too_many, -E2BIG);
		return false;
	}
	for (size_t i = 0; ok && i < n; i++)
		ok = keep_out_of(h, &ttys[i]);
	if (!ok)
		return false;
	/* In this order: a container may have the host's /dev, but under another name. */
	if (n && other_nodes_aside(ttys, n, &h->reach))
		h->elsewhere = true;
	hold_set_state(h, HOLD_KEPT_OUT);
	return true;
}

bool ttys_newcomers(struct hold *h)
{
	struct rpmsg_tty ttys[LIST_MAX];
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

enum waited ttys_settle(struct hold *h)
{
	dev_t devs[RPMSG_TTY_MAX];
	enum waited waited;
	struct settle *s;

	s = settle_begin(devs, tty_devices(h, devs), &h->reach);
	if (!s) {
		hold_set_waiting(h, "memory");
		return WAITED_TIMED_OUT;
	}
	waited = hold_wait(h, h->deadline_ms, settled, s);
	settle_end(s);
	if (waited == WAITED_DONE)
		hold_set_state(h, HOLD_SETTLED);
	return waited;
}

static bool answered(struct hold *h, void *arg)
{
	const struct hold_tty *t = arg;

	if (hangup_wait(t->ask, 100))
		return true;
	hold_set_waiting(h, "a close of %s that is under way", t->keepout.tty.node);
	return false;
}

/*
 * One that cannot be opened just now, or whose driver allows one open, may be somebody's. A driver that
 * refuses for a reason of its own (its open sends, and our gate is closed) leaves nothing but a look.
 */
static bool answer_of(struct hold *h, const struct hold_tty *t)
{
	struct present present;
	char who[128];

	switch (hangup_result(t->ask)) {
	case 0:
		return hangup_found(t->ask);
	case -EBUSY:
	case -EAGAIN:
	case -EIO:
	case -EMFILE:
	case -ENFILE:
	case -ENOMEM:
		return true;
	case -ENODEV:
	case -ENXIO:
		return false;
	default:
		hold_event(h, "%s cannot be asked who has it open (%s): what /proc shows has to do",
			   t->keepout.tty.node, strerror(-hangup_result(t->ask)));
		look_who_is_there(h, &present);
		return is_open(&present, (size_t)(t - h->ttys), who, sizeof(who));
	}
}

typedef bool (*tty_filter_fn)(const struct hold_tty *t);

/* Sets seen_open of those that @wanted says, by the kernel's own count; all are asked at once. */
static enum waited ask_who_is_there(struct hold *h, tty_filter_fn wanted)
{
	enum waited waited = WAITED_DONE;

	for (size_t i = 0; i < h->n_ttys; i++) {
		struct hold_tty *t = &h->ttys[i];

		t->ask = wanted(t) ? hangup_ask(t->keepout.path_fd) : NULL;
		if (wanted(t) && !t->ask) {
			hold_give_up(h, t->keepout.tty.node, "cannot be looked at", -errno);
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

static bool is_not_hung_up(const struct hold_tty *t)
{
	return !t->hangup;
}

static int start_hangup(struct hold *h, struct hold_tty *t, const struct present *present)
{
	const bool first = !t->hung_up;
	char who[128];

	if (t->hangup || !t->seen_open)
		return 0;
	is_open(present, (size_t)(t - h->ttys), who, sizeof(who));
	h->met_somebody = true;
	t->hangup = hangup_start(t->keepout.path_fd);
	if (!t->hangup)
		return -errno;
	t->hung_up = true;
	if (first)
		hold_event(h, "hanging up %s, open by %s", t->keepout.tty.node,
			   who[0] ? who : "somebody whom /proc does not show");
	return 0;
}

static bool any_seen_open(const struct hold *h)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		if (h->ttys[i].seen_open)
			return true;
	return false;
}

static enum waited start_hangups(struct hold *h)
{
	struct present present = { 0 };
	int err;

	/* For the names. */
	if (any_seen_open(h))
		look_who_is_there(h, &present);
	for (size_t i = 0; i < h->n_ttys; i++) {
		err = start_hangup(h, &h->ttys[i], &present);
		if (err) {
			hold_give_up(h, h->ttys[i].keepout.tty.node, "cannot be hung up", err);
			return WAITED_FAILED;
		}
	}
	return WAITED_DONE;
}

static enum waited hang_up_all(struct hold *h)
{
	enum waited waited = start_hangups(h);
	int err;

	for (size_t i = 0; waited == WAITED_DONE && i < h->n_ttys; i++) {
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
		if (!h->ttys[i].told)
			hold_mark_tty(h, TL_HUNG_UP, h->ttys[i].keepout.tty.node);
		h->ttys[i].told = true;
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

/*
 * By a descriptor of the process, and only when it has the tty open after that was taken: the number
 * may belong to another process by now.
 */
static void signal_holder(struct hold *h, const struct holder *holder, int signal)
{
	const int process = process_open(holder->pid);
	dev_t devs[RPMSG_TTY_MAX];
	const size_t n = tty_devices(h, devs);
	uint64_t open;

	if (process < 0)
		return;
	open = process_devices_now(holder->pid, devs, n);
	for (size_t i = 0; i < n; i++) {
		if (h->ttys[i].keepout.tty.counted || !(open & (UINT64_C(1) << i)))
			continue;
		hold_event(h, "%s sent to %s[%d], which keeps %s open",
			   signal == SIGTERM ? "SIGTERM" : "SIGKILL", holder->comm, holder->pid,
			   h->ttys[i].keepout.tty.node);
		process_signal(process, signal);
		break;
	}
	close(process);
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
	waited = hold_wait(h, clock_ms() + KILL_GRACE_MS, all_closed, NULL);
	if (waited != WAITED_TIMED_OUT)
		return waited;
	signal_holders(h, SIGKILL);
	return hold_wait(h, clock_ms() + KILL_GRACE_MS, all_closed, NULL);
}

/* Whether its descriptors must not outlive the channel. */
static bool must_be_closed(const struct hold_tty *t)
{
	return t->hung_up && !t->keepout.tty.counted;
}

static bool any_must_be_closed(const struct hold *h)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		if (must_be_closed(&h->ttys[i]))
			return true;
	return false;
}

static void finish_hangups(struct hold *h)
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
		waited = kill_holders(h);
		/* A descriptor of one that was killed may be on its way to its last close. */
		*deadline = clock_ms() + KILL_GRACE_MS;
	}
	return waited;
}

static bool never(struct hold *h, void *arg)
{
	(void)h;
	(void)arg;
	return false;
}

/*
 * A look at processes can miss a descriptor: two of them may hand it to each other while they are looked
 * at, one after the other. So when nobody seems to be left, the ports are mended and the kernel is asked.
 * Whoever is still there has a dead descriptor, or one that it got since: all is hung up once more.
 */
static enum waited close_for_good(struct hold *h, uint64_t *deadline, bool *left)
{
	enum waited waited = wait_closed(h, deadline);

	*left = false;
	if (waited != WAITED_DONE)
		return waited;
	hold_set_state(h, HOLD_CLOSED);
	finish_hangups(h);
	waited = ask_who_is_there(h, must_be_closed);
	if (waited != WAITED_DONE || !any_seen_open(h))
		return waited;
	*left = true;
	hold_set_waiting(h, "a descriptor to be closed that /proc does not show");
	if (clock_ms() >= *deadline)
		return WAITED_TIMED_OUT;
	/* Nobody tells when such a descriptor is closed. */
	if (hold_wait(h, clock_ms() + ROUND_MS, never, NULL) == WAITED_CANCELLED)
		return WAITED_CANCELLED;
	return hang_up_all(h);
}

enum hold_result ttys_wait_closed(struct hold *h)
{
	uint64_t deadline = close_deadline(h);
	enum waited waited = WAITED_DONE;
	bool left = true;

	/* Where nobody had a tty open after newcomers were kept out, nobody can have one now. */
	if (!any_must_be_closed(h) && !hangup_abandoned())
		left = false;
	while (waited == WAITED_DONE && left)
		waited = close_for_good(h, &deadline, &left);
	if (waited == WAITED_CANCELLED)
		return HOLD_CANCELLED;
	if (waited != WAITED_DONE) {
		if (waited == WAITED_TIMED_OUT)
			hold_blame(h);
		return h->config->on_open_descriptor == OOD_PROCEED ? HOLD_UNSAFE : HOLD_REFUSED;
	}
	if (any_must_be_closed(h))
		hold_mark_tty(h, TL_CLOSED, NULL);
	hold_set_state(h, HOLD_CLOSED);
	return HOLD_SAFE;
}

void ttys_mend(struct hold *h, bool all_are_closed)
{
	const bool closed = all_are_closed && any_must_be_closed(h);

	finish_hangups(h);
	for (size_t i = 0; i < h->n_ttys; i++)
		h->ttys[i].hung_up = h->ttys[i].told = false;
	if (closed)
		hold_step(h, TL_MENDED, -1, "every descriptor closed, ports mended");
	hold_set_state(h, HOLD_MENDED);
}

void ttys_end(struct hold *h)
{
	struct rpmsg_tty ttys[RPMSG_TTY_MAX];

	finish_hangups(h);
	for (size_t i = 0; i < h->n_ttys; i++) {
		ttys[i] = h->ttys[i].keepout.tty;
		keepout_end(&h->ttys[i].keepout);
	}
	if (h->elsewhere)
		other_nodes_back(ttys, h->n_ttys);
	h->n_ttys = 0;
}
