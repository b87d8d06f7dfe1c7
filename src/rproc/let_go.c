// SPDX-License-Identifier: GPL-2.0-only
/* Answers the open of one caller, and looks through /proc at what the caller does with it. */
#include "rproc/let_go.h"

#include "rproc/unbind.h"
#include "system/files.h"
#include "system/task.h"

/* The count first: the close may be told before watch_answer() has returned. */
static bool answer(struct rproc *r, const struct caller *c, bool more)
{
	inbox_count_open(&r->inbox, c->target, more);
	return watch_answer(r->world->watch, c->answer, true);
}

void let_go_first(struct rproc *r)
{
	struct let_go *l = &r->let_go;

	l->at_ms = clock_ms();
	l->past_open = false;
	l->there = inbox_take(&r->inbox, &l->caller);
	if (!l->there) {
		l->caller = (struct caller){ 0 };
		return;
	}
	/* Answered when all that it concerns are safe. */
	if (l->caller.unbind)
		unbind_say(l->caller.unbind, r, PART_SAFE);
	else if (!answer(r, &l->caller, false))
		inbox_forget_open(&r->inbox);
	l->there = task_alive(l->caller.tid);
}

void let_go_end(struct rproc *r)
{
	inbox_forget_open(&r->inbox);
	r->let_go = (struct let_go){ 0 };
}

bool let_go_is_removal(const struct rproc *r)
{
	return r->let_go.caller.unbind && r->let_go.caller.unbind->is_removal;
}

bool let_go_holds_open(const struct rproc *r)
{
	const struct let_go *l = &r->let_go;

	return l->there && !let_go_is_removal(r) &&
	       watch_held_open(r->world->watch, l->caller.target, l->caller.tid);
}

bool let_go_is_writing(const struct rproc *r)
{
	if (r->let_go.there && let_go_is_removal(r))
		return unbind_is_called(r->let_go.caller.unbind);
	return r->let_go.there && task_is_writing(r->let_go.caller.tid) && let_go_holds_open(r);
}

/*
 * The closes that are told do not say whose they are: somebody else may close the same file while this caller
 * still comes back from its open, without the file among its descriptors.
 */
bool let_go_has_closed(struct rproc *r)
{
	struct let_go *l = &r->let_go;

	/* First: what it does not have behind its open, it has closed. A removal opens nothing. */
	l->past_open = l->past_open || let_go_is_removal(r) || !task_is_opening(l->caller.tid);
	return l->past_open && !let_go_holds_open(r) && inbox_all_closed(&r->inbox);
}

bool let_go_opens_again(struct rproc *r)
{
	const struct let_go *l = &r->let_go;

	return l->there && !l->caller.unbind &&
	       inbox_opens_again(&r->inbox, l->caller.tid, l->caller.file);
}

void let_go_once_more(struct rproc *r)
{
	struct caller c;

	if (!inbox_take_again(&r->inbox, r->let_go.caller.tid, r->let_go.caller.file, &c))
		return;
	r->let_go.past_open = false;
	answer(r, &c, true);
}
