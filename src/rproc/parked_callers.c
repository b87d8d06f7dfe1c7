// SPDX-License-Identifier: GPL-2.0-only
/* The list of parked callers that a remote processor keeps, and what becomes of them. */
#include "rproc/parked_callers.h"

#include <string.h>

#include "log/log.h"
#include "system/files.h"
#include "system/task.h"

/* The callers that the kernel side has an entry of, as they are now. */
struct entries {
	struct parked list[PARKED_MAX];
	size_t n;
};

static void read_entries(struct entries *e, const struct kside *kside)
{
	e->n = parked_list(kside, e->list, PARKED_MAX);
}

static const struct parked *find_entry(const struct entries *e, uint64_t key)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->list[i].key == key)
			return &e->list[i];
	return NULL;
}

/* One that is known may have been turned back once more, and be stopped now. */
static void add(struct parked_callers *c, const struct parked *p)
{
	size_t i = 0;

	while (i < c->n && c->waiting[i].parked.key != p->key)
		i++;
	if (i == PARKED_CALLERS_MAX)
		return;
	c->waiting[i].parked = *p;
	if (i < c->n)
		return;
	park_note_ancestors(&c->waiting[i].above, p->pid);
	c->n++;
}

void parked_callers_take(struct parked_callers *c, struct kside *kside,
			 const struct parked *offered, size_t n)
{
	const struct parked *now;
	struct entries entries;

	if (!n)
		return;
	read_entries(&entries, kside);
	for (size_t i = 0; i < n; i++) {
		now = find_entry(&entries, offered[i].key);
		/* Not decided, nor gone on by itself: anybody may have sent it SIGCONT since then. */
		if (now && !now->decided)
			add(c, now);
	}
}

static void remember(struct parked_callers *c, const struct parked_caller *caller)
{
	if (c->n_gone_on == PARKED_CALLERS_MAX) {
		c->n_gone_on--;
		memmove(&c->gone_on[0], &c->gone_on[1], c->n_gone_on * sizeof(c->gone_on[0]));
	}
	c->gone_on[c->n_gone_on++] = *caller;
	c->tend_until_ms = clock_ms() + PARK_TEND_MS;
}

static void decide_on(struct parked_callers *c, struct parked_caller *caller, struct kside *kside,
		      enum parked_answer answer)
{
	const struct parked *p = &caller->parked;

	if (p->restarts)
		parked_decide(kside, p, answer);
	else
		parked_forget(kside, p->key);
	if (!p->restarts && answer == PARKED_BUSY && p->closed)
		log_warning(
			"process %d requested a %s with a close of /dev/remoteprocN; it was refused",
			p->pid, p->detach ? "detach" : "stop");
	else if (!p->restarts && answer == PARKED_BUSY)
		log_warning("the write of process %d returned success, but its stop was "
			    "refused: this kernel cannot return the error to the process",
			    p->pid);
	/* Stopped or not: it may have been turned back once more since it was looked at. */
	park_continue_if_stopped(p->pid);
	remember(c, caller);
}

void parked_callers_answer(struct parked_callers *c, struct kside *kside, enum parked_answer answer)
{
	for (size_t i = 0; i < c->n; i++)
		decide_on(c, &c->waiting[i], kside, answer);
	c->n = 0;
}

static void answer_one(struct parked_callers *c, size_t i, struct kside *kside,
		       enum parked_answer answer)
{
	decide_on(c, &c->waiting[i], kside, answer);
	memmove(&c->waiting[i], &c->waiting[i + 1], (--c->n - i) * sizeof(c->waiting[0]));
}

bool parked_callers_pass_one(struct parked_callers *c, struct kside *kside)
{
	size_t i = 0;

	while (i < c->n && !c->waiting[i].parked.restarts)
		i++;
	if (i == c->n)
		return false;
	answer_one(c, i, kside, PARKED_PASS);
	return true;
}

void parked_callers_refuse_first(struct parked_callers *c, struct kside *kside)
{
	answer_one(c, 0, kside, PARKED_BUSY);
}

/*
 * A deferred one has been told that its stop succeeds, whatever becomes of it. One that restarts may have made
 * its call again without a decision, and been refused by the kernel side.
 */
static bool still_waits(const struct parked *p, const struct parked *now)
{
	return !p->restarts || (task_alive(p->tid) && now);
}

static void drop_gone(struct parked_callers *c, struct kside *kside)
{
	const struct parked *now;
	struct entries entries;
	size_t left = 0;

	if (!c->n)
		return;
	read_entries(&entries, kside);
	for (size_t i = 0; i < c->n; i++) {
		now = find_entry(&entries, c->waiting[i].parked.key);
		/* Its call may have become another one: killed, it closes the file that it has written to. */
		if (now)
			c->waiting[i].parked = *now;
		if (still_waits(&c->waiting[i].parked, now))
			c->waiting[left++] = c->waiting[i];
		else if (now)
			/* Not what it has made since: that is offered anew. */
			parked_forget(kside, now->key);
	}
	c->n = left;
}

void parked_callers_tend(struct parked_callers *c, struct kside *kside)
{
	drop_gone(c, kside);
	if (!parked_callers_need_tending(c))
		return;
	for (size_t i = 0; i < c->n_gone_on; i++) {
		/* Its SIGSTOP may have been on the way still when it was continued. */
		park_continue_if_stopped(c->gone_on[i].parked.pid);
		park_continue_ancestors(&c->gone_on[i].above);
	}
	if (clock_ms() >= c->tend_until_ms && !parked_callers_have_passes(c, kside))
		c->n_gone_on = 0;
}

bool parked_callers_need_tending(const struct parked_callers *c)
{
	return c->n_gone_on > 0;
}

const struct parked *parked_callers_first(const struct parked_callers *c)
{
	return c->n ? &c->waiting[0].parked : NULL;
}

/* A caller that was let go and may make its call again; its entry is taken away when it uses its pass. */
static bool may_come(const struct parked *p)
{
	return p->restarts && task_alive(p->tid);
}

bool parked_callers_have_passes(const struct parked_callers *c, const struct kside *kside)
{
	struct entries entries;

	if (!c->n_gone_on)
		return false;
	read_entries(&entries, kside);
	for (size_t i = 0; i < c->n_gone_on; i++)
		if (find_entry(&entries, c->gone_on[i].parked.key) &&
		    may_come(&c->gone_on[i].parked))
			return true;
	return false;
}

void parked_callers_revoke(const struct parked_callers *c, struct kside *kside)
{
	for (size_t i = 0; i < c->n_gone_on; i++)
		if (c->gone_on[i].parked.restarts)
			parked_forget(kside, c->gone_on[i].parked.key);
}
