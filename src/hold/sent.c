// SPDX-License-Identifier: GPL-2.0-only
/* Asks the records of senders who sends while a hold waits for opens that are under way. */
#include "hold/sent.h"

#include "system/files.h"

static bool says_something(const struct hold *h)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		if (h->ttys[i].keepout.tty.chardev && !h->ttys[i].keepout.tty.owns_files)
			return false;
	return h->kside;
}

void sent_begin(struct sent *s, const struct hold *h)
{
	*s = (struct sent){
		.kside = says_something(h) ? h->kside : NULL,
		.since_ns = clock_ns(),
	};
}

bool sent_has(const struct sent *s, int tid)
{
	return s->kside && kside_has_sent_since(s->kside, tid, s->since_ns);
}
