// SPDX-License-Identifier: GPL-2.0-only
/* The ttys of a hold: finds them, keeps newcomers out of them, and puts their nodes back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hold/endpoints.h"
#include "hold/other_nodes.h"
#include "hold/steps.h"
#include "system/chardev.h"
#include "system/files.h"

static struct keepout *find_keepout(struct hold *h, const struct rpmsg_tty *tty)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		if (h->ttys[i].keepout.tty.dev == tty->dev &&
		    strcmp(h->ttys[i].keepout.tty.name, tty->name) == 0)
			return &h->ttys[i].keepout;
	return tty_is_endpoint(tty) ? endpoints_find(h, tty) : NULL;
}

/* Not kept out yet, or made anew since then: its channel was withdrawn and announced again. */
static bool is_new(struct hold *h, const struct rpmsg_tty *tty)
{
	const struct keepout *k = find_keepout(h, tty);

	return !k || keepout_is_undone(k);
}

enum waited ttys_too_many(struct hold *h)
{
	hold_give_up(h, TL_CAUSE_TOO_MANY_TTYS, "this remote processor",
		     "has more than 63 ttys and devices that programs must close, and the guard "
		     "handles 63",
		     -E2BIG);
	return WAITED_FAILED;
}

static enum waited no_memory(struct hold *h)
{
	hold_give_up(h, TL_CAUSE_NO_MEMORY, "the devices of this remote processor",
		     "could not be listed", -ENOMEM);
	return WAITED_FAILED;
}

static enum waited hide(struct hold *h, struct keepout *k, const struct rpmsg_tty *tty)
{
	const int err = keepout_begin(k, tty);

	if (err) {
		hold_give_up(h, TL_CAUSE_KEEPOUT, tty->node, "could not be hidden", err);
		return WAITED_FAILED;
	}
	/* The kernel may be about to make its node: it was looked at a moment too early. */
	if (!k->aside) {
		h->tty_generation = 0;
		h->reach.everybody = true;
	} else {
		reach_add(&h->reach, &k->rights);
	}
	if (tty_is_endpoint(tty))
		keepout_close(k);
	hold_mark_tty(h, TL_KEPT_OUT, tty->node);
	return WAITED_DONE;
}

static enum waited hide_new_tty(struct hold *h, const struct rpmsg_tty *tty)
{
	enum waited waited;

	if (h->n_ttys == RPMSG_TTY_MAX)
		return ttys_too_many(h);
	memset(&h->ttys[h->n_ttys], 0, sizeof(h->ttys[0]));
	waited = hide(h, &h->ttys[h->n_ttys].keepout, tty);
	h->n_ttys += waited == WAITED_DONE;
	return waited;
}

static enum waited hide_new_endpoint(struct hold *h, const struct rpmsg_tty *tty)
{
	struct keepout *k = endpoints_room(h);
	enum waited waited = k ? hide(h, k, tty) : no_memory(h);

	if (waited == WAITED_DONE)
		endpoints_add(h);
	return waited;
}

static enum waited keep_out_of(struct hold *h, const struct rpmsg_tty *tty)
{
	struct keepout *k = find_keepout(h, tty);

	if (tty->ambiguous)
		hold_event(h, "%s: no channel shows its remote processor; the hold includes it",
			   tty->node);
	/* It may be one of any number. */
	if (clock_ms() >= h->deadline_ms) {
		hold_give_up(h, TL_CAUSE_TOO_MANY_TTYS, "this remote processor",
			     "has more ttys and devices than the guard can hide in hold_timeout",
			     -ETIME);
		return WAITED_FAILED;
	}
	if (!k)
		return tty_is_endpoint(tty) ? hide_new_endpoint(h, tty) : hide_new_tty(h, tty);
	keepout_end(k);
	return hide(h, k, tty);
}

/* Those that are not kept out yet, or one more than there may be. */
#define LIST_MAX (RPMSG_TTY_MAX + 1)

static size_t keep_new(struct hold *h, struct rpmsg_tty *ttys, size_t n)
{
	size_t new = 0;

	for (size_t i = 0; i < n; i++)
		if (is_new(h, &ttys[i]))
			ttys[new ++] = ttys[i];
	return new;
}

static size_t list_new(struct hold *h, struct rpmsg_tty ttys[LIST_MAX],
		       struct endpoint_devices *endpoints, uint64_t *generation)
{
	const size_t n = rpmsg_device_list(&h->rp, h->config->ttys, ttys, LIST_MAX, endpoints,
					   generation);

	if (endpoints)
		endpoints->n = keep_new(h, endpoints->list, endpoints->n);
	return n > RPMSG_TTY_MAX ? n : keep_new(h, ttys, n);
}

static enum waited keep_out_of_all(struct hold *h, const struct rpmsg_tty *ttys, size_t n)
{
	enum waited waited = WAITED_DONE;

	for (size_t i = 0; waited == WAITED_DONE && i < n; i++)
		waited = keep_out_of(h, &ttys[i]);
	return waited;
}

static void hide_elsewhere(struct hold *h, const struct rpmsg_tty *ttys, size_t n)
{
	if (n && other_nodes_aside(ttys, n, &h->reach, !h->elsewhere))
		h->elsewhere = true;
}

static enum waited keep_out(struct hold *h, struct endpoint_devices *endpoints)
{
	struct rpmsg_tty ttys[LIST_MAX];
	const size_t n = list_new(h, ttys, endpoints, &h->tty_generation);
	enum waited waited;

	if (n > RPMSG_TTY_MAX)
		return ttys_too_many(h);
	if (endpoints->incomplete)
		return no_memory(h);
	waited = keep_out_of_all(h, ttys, n);
	if (waited == WAITED_DONE)
		waited = keep_out_of_all(h, endpoints->list, endpoints->n);
	if (waited != WAITED_DONE)
		return waited;
	/* In this order: a container may have the host's /dev, but under another name. */
	hide_elsewhere(h, ttys, n);
	hide_elsewhere(h, endpoints->list, endpoints->n);
	hold_set_state(h, HOLD_KEPT_OUT);
	return WAITED_DONE;
}

enum waited ttys_keep_out(struct hold *h)
{
	struct endpoint_devices endpoints = { 0 };
	enum waited waited;

	h->looked = false;
	waited = keep_out(h, &endpoints);
	free(endpoints.list);
	return waited;
}

bool ttys_newcomers(struct hold *h)
{
	struct rpmsg_tty ttys[LIST_MAX];
	uint64_t generation;
	bool found = false;
	size_t n;

	if (h->tty_generation && h->tty_generation == rpmsg_device_generation())
		return false;
	n = list_new(h, ttys, NULL, &generation);
	for (size_t i = 0; i < n; i++) {
		hold_event(h, "%s appeared during the hold", ttys[i].node);
		found = true;
	}
	return found || !generation;
}

/* NULL for want of memory. */
static struct rpmsg_tty *all_devices(const struct hold *h)
{
	struct rpmsg_tty *all = calloc(h->n_ttys + h->endpoints.n + 1, sizeof(*all));

	for (size_t i = 0; all && i < h->n_ttys; i++)
		all[i] = h->ttys[i].keepout.tty;
	for (size_t i = 0; all && i < h->endpoints.n; i++)
		all[h->n_ttys + i] = h->endpoints.list[i].tty;
	return all;
}

#define LINGER_MS 2000

/*
 * Vendors' drivers register the device with the driver. It goes with the last reference to the driver, which a work
 * item of the kernel puts some time after the last close (release_one_tty() in drivers/tty/tty_io.c). Until then a
 * program could open the tty of a channel that is gone, and a start would find the name in use. Callers that want one
 * wait for this thread.
 */
static void wait_until_gone(const struct hold *h)
{
	const uint64_t until = clock_ms() + LINGER_MS;
	unsigned int us = PAUSE_FIRST_US;

	for (size_t i = 0; i < h->n_ttys; i++) {
		const struct keepout *k = &h->ttys[i].keepout;

		/* It may be another remote processor's, or of no channel at all. */
		if (k->tty.ambiguous || k->tty.listed)
			continue;
		while (chardev_exists(k->tty.name, k->node.st_rdev) && clock_ms() < until)
			pause_longer(&us);
	}
}

void ttys_end(struct hold *h, bool carried_out)
{
	struct rpmsg_tty *all = h->elsewhere ? all_devices(h) : NULL;
	const size_t n = h->n_ttys + h->endpoints.n;

	ttys_finish_hangups(h);
	/* A recovery has started it again. */
	if (carried_out && h->action != TL_ACTION_RECOVERY)
		wait_until_gone(h);
	for (size_t i = 0; i < h->n_ttys; i++)
		keepout_end(&h->ttys[i].keepout);
	endpoints_end(h);
	if (h->elsewhere)
		other_nodes_back(all, n);
	free(all);
	h->n_ttys = 0;
}
