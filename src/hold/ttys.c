// SPDX-License-Identifier: GPL-2.0-only
/* The ttys of a hold: finds them, keeps newcomers out of them, and puts their nodes back. */
#include <errno.h>
#include <string.h>

#include "hold/other_nodes.h"
#include "hold/steps.h"
#include "system/chardev.h"

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

static enum waited too_many(struct hold *h)
{
	hold_give_up(h, TL_CAUSE_TOO_MANY_TTYS, "this remote processor",
		     "has more than 63 ttys and devices, and the guard "
		     "handles 63",
		     -E2BIG);
	return WAITED_FAILED;
}

static enum waited keep_out_of(struct hold *h, const struct rpmsg_tty *tty)
{
	struct hold_tty *t = find_tty(h, tty);
	int err;

	if (tty->ambiguous)
		hold_event(h, "%s: no channel shows its remote processor; the hold includes it",
			   tty->node);
	if (!t && h->n_ttys == RPMSG_TTY_MAX)
		return tty_comes_with_channel(tty) ? too_many(h) : WAITED_DONE;
	if (t)
		keepout_end(&t->keepout);
	else
		t = &h->ttys[h->n_ttys];
	err = keepout_begin(&t->keepout, tty);
	if (err) {
		hold_give_up(h, TL_CAUSE_KEEPOUT, tty->node, "could not be hidden", err);
		return WAITED_FAILED;
	}
	/* The kernel may be about to make its node: it was looked at a moment too early. */
	if (!t->keepout.aside) {
		h->tty_generation = 0;
		h->reach.everybody = true;
	} else {
		reach_add(&h->reach, &t->keepout.rights);
	}
	if (t == &h->ttys[h->n_ttys])
		h->n_ttys++;
	hold_mark_tty(h, TL_KEPT_OUT, tty->node);
	return WAITED_DONE;
}

/* Those that are not kept out yet, or one more than there may be. */
#define LIST_MAX (RPMSG_TTY_MAX + 1)

static size_t list_new(struct hold *h, struct rpmsg_tty ttys[LIST_MAX], uint64_t *generation)
{
	const size_t n = rpmsg_device_list(&h->rp, h->config->ttys, ttys, LIST_MAX, generation);
	size_t new = 0;

	if (n > RPMSG_TTY_MAX)
		return n;
	for (size_t i = 0; i < n; i++)
		if (is_new(h, &ttys[i]))
			ttys[new ++] = ttys[i];
	return new;
}

enum waited ttys_keep_out(struct hold *h)
{
	struct rpmsg_tty ttys[LIST_MAX];
	enum waited waited = WAITED_DONE;
	size_t n;

	h->looked = false;
	n = list_new(h, ttys, &h->tty_generation);
	if (n > RPMSG_TTY_MAX)
		return too_many(h);
	for (size_t i = 0; waited == WAITED_DONE && i < n; i++)
		waited = keep_out_of(h, &ttys[i]);
	if (waited != WAITED_DONE)
		return waited;
	/* In this order: a container may have the host's /dev, but under another name. */
	if (n && other_nodes_aside(ttys, n, &h->reach, !h->elsewhere))
		h->elsewhere = true;
	hold_set_state(h, HOLD_KEPT_OUT);
	return WAITED_DONE;
}

bool ttys_newcomers(struct hold *h)
{
	struct rpmsg_tty ttys[LIST_MAX];
	uint64_t generation;
	bool found = false;
	size_t n;

	if (h->tty_generation && h->tty_generation == rpmsg_device_generation())
		return false;
	n = list_new(h, ttys, &generation);
	for (size_t i = 0; i < n; i++) {
		if (!tty_comes_with_channel(&ttys[i]))
			continue;
		hold_event(h, "%s appeared during the hold", ttys[i].node);
		found = true;
	}
	return found || !generation;
}

void ttys_end(struct hold *h)
{
	struct rpmsg_tty ttys[RPMSG_TTY_MAX];

	ttys_finish_hangups(h);
	for (size_t i = 0; i < h->n_ttys; i++) {
		ttys[i] = h->ttys[i].keepout.tty;
		keepout_end(&h->ttys[i].keepout);
	}
	if (h->elsewhere)
		other_nodes_back(ttys, h->n_ttys);
	h->n_ttys = 0;
}
