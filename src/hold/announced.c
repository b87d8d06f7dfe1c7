// SPDX-License-Identifier: GPL-2.0-only
/* What a stop behind a start waits for: announcements of channels, probes of their drivers. */
#include <stdio.h>
#include <string.h>

#include "hold/steps.h"
#include "system/chardev.h"
#include "system/files.h"

/*
 * How long a stop waits for announcements after a start at most. Firmware on a microcontroller is
 * up in some tens of milliseconds; one that takes longer than this to announce its first channel is
 * met by the loop in sequence.c, as far as anything can meet it.
 */
#define ANNOUNCE_MS 1000

/*
 * A probe that sends to a remote processor which has hung sleeps for the 15 s of the kernel's
 * transmit timeout. One that is longer under way does something else. Where announcements have a driver of
 * their own, the teardown itself waits for it: see system/bound.h.
 */
#define PROBE_MS 16000

void announced_look(struct announced *a, bool up)
{
	if (up && !a->up)
		a->up_since_ms = clock_ms();
	a->up = up;
}

void announced_remember(struct announced *a, const struct hold *h)
{
	a->known = true;
	a->n = 0;
	for (size_t i = 0; i < h->n_ttys; i++) {
		const struct rpmsg_tty *tty = &h->ttys[i].keepout.tty;

		if (!tty_is_endpoint(tty))
			snprintf(a->names[a->n++], sizeof(a->names[0]), "%s", tty->name);
	}
}

static bool is_there(const char *name, const struct rpmsg_tty *ttys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(ttys[i].name, name) == 0)
			return true;
	return false;
}

static bool all_are_there(struct hold *h, void *arg)
{
	const struct announced *a = h->announced;
	struct rpmsg_tty ttys[RPMSG_TTY_MAX];
	uint64_t *generation = arg;
	size_t n;

	if (!a->known || (*generation && *generation == rpmsg_device_generation()))
		return false;
	n = rpmsg_device_list(&h->rp, h->config->ttys, ttys, RPMSG_TTY_MAX, NULL, generation);
	for (size_t i = 0; i < a->n; i++)
		if (!is_there(a->names[i], ttys, n))
			return false;
	return true;
}

enum waited announced_wait(struct hold *h)
{
	uint64_t generation = 0, until;
	enum waited waited;

	if (!h->up_since_ms)
		return WAITED_DONE;
	until = h->up_since_ms + ANNOUNCE_MS;
	if (clock_ms() >= until)
		return WAITED_DONE;
	hold_event(h, "started %llu ms ago: waiting until its channels are announced",
		   (unsigned long long)(clock_ms() - h->up_since_ms));
	hold_set_waiting(h, TL_CAUSE_NONE,
			 "the firmware may still announce channels after the "
			 "start");
	waited = hold_wait(h, hold_by(h, until), all_are_there, &generation);
	return waited == WAITED_TIMED_OUT ? WAITED_DONE : waited;
}

static bool all_are_probed(struct hold *h, void *arg)
{
	char channel[BOUND_NAME];

	(void)arg;
	if (!bound_is_probing(h->bound, &h->rp, channel))
		return true;
	hold_set_waiting(h, TL_CAUSE_PROBE_RUNS, "the probe of channel %s still runs", channel);
	return false;
}

bool probes_under_way(struct hold *h)
{
	return h->bound && !h->probes_given_up && !all_are_probed(h, NULL);
}

enum waited probes_wait(struct hold *h)
{
	char channel[BOUND_NAME];
	enum waited waited;
	uint64_t until;

	if (!h->bound || h->probes_given_up)
		return WAITED_DONE;
	/* A channel that the teardown misses would stay, above freed memory. */
	until = bound_teardown_waits() ? hold_by(h, clock_ms() + PROBE_MS) : h->deadline_ms;
	waited = hold_wait(h, until, all_are_probed, NULL);
	if (waited != WAITED_TIMED_OUT || clock_ms() >= h->deadline_ms)
		return waited;
	if (bound_is_probing(h->bound, &h->rp, channel))
		hold_event(h,
			   "channel %s: the probe of its driver takes too long; the hold "
			   "goes on without waiting for it",
			   channel);
	h->probes_given_up = true;
	return WAITED_DONE;
}
