// SPDX-License-Identifier: GPL-2.0-only
/* One look at /proc for all devices of a hold, and what it says of each of them. */
#include "hold/present.h"

#include <stdio.h>

#include "hold/steps.h"
#include "system/files.h"
#include "system/task.h"

/* For names; a look at some hundred programs takes a small part of it. */
#define NAMES_MS 1000

size_t present_devices(const struct hold *h, dev_t *devs)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		devs[i] = h->ttys[i].keepout.tty.dev;
	return h->n_ttys;
}

static bool is_unwanted(void *arg)
{
	return hold_is_unwanted(arg);
}

struct holder_look present_limit(struct hold *h, uint64_t until_ms)
{
	return (struct holder_look){ .until_ms = until_ms,
				     .unwanted = is_unwanted,
				     .arg = h,
				     .rights = h->reach.kinds,
				     .n_rights = h->reach.everybody ? 0 : h->reach.n };
}

void present_tell_end(struct hold *h, const struct holder_look *look)
{
	char comm[16];

	if (!look->unfinished || !look->longest || hold_is_unwanted(h))
		return;
	task_comm(look->longest, comm);
	if (!h->look_ended[0])
		hold_event(h,
			   "the look for programs that have a device open took too long and was "
			   "ended. %s (pid %d) had most descriptors: %u or more. End this program "
			   "if you do not need it",
			   comm, look->longest, look->most);
	snprintf(h->look_ended, sizeof(h->look_ended),
		 "%s (pid %d) has so many descriptors (%u or more) that the guard could not look "
		 "at all programs",
		 comm, look->longest, look->most);
}

static bool is_in(const struct present *p, pid_t pid)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->holders[i].pid == pid)
			return true;
	return false;
}

/* Programs that are known to have a device open, and that the look did not get to. */
static void add_known(struct hold *h, struct present *now)
{
	present_look_again(h);
	for (size_t i = 0; i < h->met.n && now->n < HOLDERS_MAX; i++)
		if (!is_in(now, h->met.holders[i].pid))
			now->holders[now->n++] = h->met.holders[i];
}

static void look_until(struct hold *h, uint64_t until_ms)
{
	struct holder_look look = present_limit(h, until_ms);
	struct present now = { .n = 0 };
	dev_t devs[RPMSG_TTY_MAX];

	now.n = devices_holders(devs, present_devices(h, devs), &look, now.holders, HOLDERS_MAX);
	now.unfinished = look.unfinished;
	if (look.unfinished)
		add_known(h, &now);
	present_tell_end(h, &look);
	h->met = now;
	h->looked = true;
}

void present_look(struct hold *h)
{
	look_until(h, clock_ms() + NAMES_MS);
}

void present_look_closely(struct hold *h)
{
	const uint64_t names_ms = clock_ms() + NAMES_MS;

	look_until(h, h->deadline_ms > names_ms ? h->deadline_ms : names_ms);
}

void present_look_again(struct hold *h)
{
	struct holder_look look = present_limit(h, clock_ms() + NAMES_MS);
	dev_t devs[RPMSG_TTY_MAX];
	const size_t n = present_devices(h, devs);
	size_t left = 0;
	uint64_t open;

	for (size_t i = 0; i < h->met.n; i++) {
		struct holder *holder = &h->met.holders[i];

		open = process_devices_now(holder->pid, devs, n, &look);
		/* It has what it had, until the contrary is seen. */
		if (!look.unfinished)
			holder->devices = open;
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

const char *present_unnamed(const struct hold *h)
{
	return h->met.unfinished ? "a program that the guard did not find in time"
				 : "a program that /proc does not show";
}
