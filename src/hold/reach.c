// SPDX-License-Identifier: GPL-2.0-only
/* A set of rights, without the same twice. */
#include "hold/reach.h"

void reach_add(struct reach *r, const struct rights *rights)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->kinds[i].mode == rights->mode && r->kinds[i].uid == rights->uid &&
		    r->kinds[i].gid == rights->gid)
			return;
	if (r->n == REACH_MAX)
		r->everybody = true;
	else
		r->kinds[r->n++] = *rights;
}

bool reach_has(const struct reach *r, pid_t tid)
{
	return r->everybody || thread_could_open(tid, r->kinds, r->n, RIGHT_READ | RIGHT_WRITE);
}
