// SPDX-License-Identifier: GPL-2.0-only
/* Compares who has a device open with who had it open at the last look. */
#include "hold/keepers.h"

#include "hold/steps.h"

/* The devices whose descriptors the hold waits for, a bit for each. */
static uint64_t waited_for(const struct hold *h)
{
	uint64_t devices = 0;

	for (size_t i = 0; i < h->n_ttys; i++) {
		const struct hold_tty *t = &h->ttys[i];

		if (!tty_may_stay_open(t) && (t->keepout.tty.chardev || t->hung_up))
			devices |= UINT64_C(1) << i;
	}
	return devices;
}

static uint64_t devices_of(const struct present *present, pid_t pid)
{
	for (size_t i = 0; i < present->n; i++)
		if (present->holders[i].pid == pid)
			return present->holders[i].devices;
	return 0;
}

static void tell(const struct hold *h, const struct holder *holder, uint64_t devices,
		 enum timeline_event event)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		if (devices & (UINT64_C(1) << i))
			hold_mark(h, &(struct hold_step){ .event = event,
							  .device = h->ttys[i].keepout.tty.node,
							  .senders = -1,
							  .holder = holder });
}

static void take(struct hold *h, const struct present *now)
{
	for (size_t i = 0; i < h->keepers.n; i++) {
		const struct holder *k = &h->keepers.holders[i];

		tell(h, k, k->devices & ~devices_of(now, k->pid), TL_NOW_CLOSED);
	}
	for (size_t i = 0; i < now->n; i++) {
		const struct holder *k = &now->holders[i];

		tell(h, k, k->devices & ~devices_of(&h->keepers, k->pid), TL_STILL_OPEN);
	}
	h->keepers = *now;
}

void keepers_tell(struct hold *h)
{
	const uint64_t devices = waited_for(h);
	struct present now = { .n = 0 };

	for (size_t i = 0; i < h->met.n; i++) {
		now.holders[now.n] = h->met.holders[i];
		now.holders[now.n].devices &= devices;
		now.n += now.holders[now.n].devices != 0;
	}
	take(h, &now);
}

void keepers_have_closed(struct hold *h)
{
	take(h, &(struct present){ .n = 0 });
}
