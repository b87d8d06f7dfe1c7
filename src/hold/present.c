// SPDX-License-Identifier: GPL-2.0-only
/* One look at /proc for all devices of a hold, and what it says of each of them. */
#include "hold/present.h"

size_t present_devices(const struct hold *h, dev_t *devs)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		devs[i] = h->ttys[i].keepout.tty.dev;
	return h->n_ttys;
}

void present_look(const struct hold *h, struct present *p)
{
	dev_t devs[RPMSG_TTY_MAX];

	p->n = devices_holders(devs, present_devices(h, devs), p->holders, HOLDERS_MAX);
}

bool present_has(const struct present *p, size_t i, char *who, size_t len)
{
	struct holder holders[HOLDERS_MAX];
	size_t n = 0;

	for (size_t k = 0; k < p->n; k++)
		if (p->holders[k].devices & (UINT64_C(1) << i))
			holders[n++] = p->holders[k];
	holders_format(holders, n, who, len);
	return n > 0;
}
