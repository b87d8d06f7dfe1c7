// SPDX-License-Identifier: GPL-2.0-only
/* The list of the endpoint devices of a hold. */
#include "hold/endpoints.h"

#include <stdlib.h>
#include <string.h>

struct keepout *endpoints_find(struct hold *h, const struct rpmsg_tty *tty)
{
	struct endpoints *e = &h->endpoints;

	for (size_t i = 0; i < e->n; i++)
		if (e->list[i].tty.dev == tty->dev && strcmp(e->list[i].tty.name, tty->name) == 0)
			return &e->list[i];
	return NULL;
}

struct keepout *endpoints_room(struct hold *h)
{
	struct endpoints *e = &h->endpoints;
	const size_t room = e->room ? 2 * e->room : 16;
	struct keepout *list;

	if (e->n < e->room)
		return &e->list[e->n];
	list = realloc(e->list, room * sizeof(*list));
	if (!list)
		return NULL;
	e->list = list;
	e->room = room;
	return &e->list[e->n];
}

void endpoints_add(struct hold *h)
{
	h->endpoints.n++;
}

bool endpoints_wait_for(struct hold *h, size_t i)
{
	struct endpoints *e = &h->endpoints;

	if (h->n_ttys == RPMSG_TTY_MAX)
		return false;
	h->ttys[h->n_ttys++] = (struct hold_tty){ .keepout = e->list[i], .polled = true };
	e->list[i] = e->list[--e->n];
	/* Nobody has looked who has it open. */
	h->looked = false;
	return true;
}

void endpoints_end(struct hold *h)
{
	struct endpoints *e = &h->endpoints;

	for (size_t i = 0; i < e->n; i++)
		keepout_end(&e->list[i]);
	free(e->list);
	*e = (struct endpoints){ 0 };
}
