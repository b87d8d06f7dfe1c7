// SPDX-License-Identifier: GPL-2.0-only
#include "service/latecomers.h"

#include <string.h>

#include "log/log.h"
#include "system/files.h"
#include "system/task.h"

/* How long after its continuation a caller's parents may still react to its stop. */
#define TEND_MS 3000

static bool known(const struct latecomers *l, uint64_t key)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->list[i].parked.key == key)
			return true;
	return false;
}

bool latecomers_add(struct latecomers *l, const struct parked *p)
{
	struct latecomer *late = &l->list[l->n];

	if (known(l, p->key) || l->n == LATECOMERS_MAX)
		return false;
	late->parked = *p;
	park_note_ancestors(&late->above, p->pid);
	l->n++;
	return true;
}

static void remember(struct latecomers *l, const struct latecomer *late)
{
	if (l->n_gone_on == LATECOMERS_MAX) {
		l->n_gone_on--;
		memmove(&l->gone_on[0], &l->gone_on[1], l->n_gone_on * sizeof(l->gone_on[0]));
	}
	l->gone_on[l->n_gone_on++] = *late;
	l->tend_until_ms = clock_ms() + TEND_MS;
}

static void let_go(struct latecomer *late, struct guard *guard, bool pass)
{
	const struct parked *p = &late->parked;

	if (p->restarts)
		parked_decide(guard, p, pass);
	else
		parked_forget(guard, p->key);
	if (!p->restarts && !pass)
		log_warning("process %d was told that its stop has succeeded, and it has not: this "
			    "kernel gives no way to tell it otherwise",
			    p->pid);
	if (p->stopped)
		park_continue(p->pid);
}

static bool is_kind(const struct latecomer *late, enum latecomer_kind kind)
{
	return kind == LATE_ALL || late->parked.restarts;
}

void latecomers_let_go(struct latecomers *l, struct guard *guard, enum latecomer_kind kind,
		       bool pass)
{
	size_t left = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (!is_kind(&l->list[i], kind)) {
			l->list[left++] = l->list[i];
			continue;
		}
		let_go(&l->list[i], guard, pass);
		remember(l, &l->list[i]);
	}
	l->n = left;
}

void latecomers_tend(struct latecomers *l, struct guard *guard)
{
	size_t left = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct parked *p = &l->list[i].parked;

		/* A deferred one has been told that its stop succeeds, whatever becomes of it. */
		if (!p->restarts || task_alive(p->tid))
			l->list[left++] = l->list[i];
		else
			parked_forget(guard, p->key);
	}
	l->n = left;
	if (!latecomers_need_tending(l))
		return;
	for (size_t i = 0; i < l->n_gone_on; i++) {
		/* Its SIGSTOP may have been on the way still when it was continued. */
		if (l->gone_on[i].parked.stopped)
			park_continue_if_stopped(l->gone_on[i].parked.pid);
		park_continue_ancestors(&l->gone_on[i].above);
	}
	if (clock_ms() >= l->tend_until_ms && !latecomers_have_tickets(l, guard) &&
	    !latecomers_in_call(l, guard))
		l->n_gone_on = 0;
}

bool latecomers_need_tending(const struct latecomers *l)
{
	return l->n_gone_on > 0;
}

bool latecomers_any(const struct latecomers *l, enum latecomer_kind kind)
{
	for (size_t i = 0; i < l->n; i++)
		if (is_kind(&l->list[i], kind))
			return true;
	return false;
}

const struct parked *latecomers_first(const struct latecomers *l)
{
	return l->n ? &l->list[0].parked : NULL;
}

static bool has_ticket(const struct guard *guard, uint64_t key)
{
	struct parked all[PARKED_MAX];
	const size_t n = parked_list(guard, all, PARKED_MAX);

	for (size_t i = 0; i < n; i++)
		if (all[i].key == key)
			return true;
	return false;
}

bool latecomers_have_tickets(const struct latecomers *l, const struct guard *guard)
{
	for (size_t i = 0; i < l->n_gone_on; i++) {
		const struct parked *p = &l->gone_on[i].parked;

		if (p->restarts && task_alive(p->tid) && has_ticket(guard, p->key))
			return true;
	}
	return false;
}

bool latecomers_in_call(const struct latecomers *l, const struct guard *guard)
{
	for (size_t i = 0; i < l->n_gone_on; i++) {
		const struct parked *p = &l->gone_on[i].parked;

		if (p->restarts && !has_ticket(guard, p->key) && task_alive(p->tid) &&
		    task_is_writing(p->tid))
			return true;
	}
	return false;
}

void latecomers_revoke(const struct latecomers *l, struct guard *guard)
{
	for (size_t i = 0; i < l->n_gone_on; i++)
		if (l->gone_on[i].parked.restarts)
			parked_forget(guard, l->gone_on[i].parked.key);
}
