// SPDX-License-Identifier: GPL-2.0-only
/* One look at /proc for all devices of a hold, and what it says of each of them. */
#include "hold/present.h"

size_t present_devices(const struct hold *h, dev_t *devs)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		devs[i] = h->ttys[i].keepout.tty.dev;
	return h->n_ttys;
}

void present_look(struct hold *h)
{
	dev_t devs[RPMSG_TTY_MAX];

	h->met.n = devices_holders(devs, present_devices(h, devs), h->met.holders, HOLDERS_MAX);
	h->looked = true;
}

void present_look_again(struct hold *h)
{
	dev_t devs[RPMSG_TTY_MAX];
	const size_t n = present_devices(h, devs);
	size_t left = 0;

	for (size_t i = 0; i < h->met.n; i++) {
		struct holder *holder = &h->met.holders[i];

		holder->devices = process_devices_now(holder->pid, devs, n);
		if (holder->devices)
			h->met.holders[left++] = *holder;
	}
	h->met.n = left;
}

bool present_has(const struct hold *h, size_t i, char *who, size_t len)
{
	struct holder holders[HOLDERS_MAX];
	size_t n = 0;

	for (size_t k = 0; k < h->met.n; k++)
		if (h->met.holders[k].devices & (UINT64_C(1) << i))
			holders[n++] = h->met.holders[k];
	holders_format(holders, n, who, len);
	return n > 0;
}
