// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens of "unbind" files and removals of modules, the part that each remote processor takes in them,
 * and their answers.
 */
#include "rproc/unbind.h"

#include <stdio.h>
#include <string.h>

#include "hold/park.h"
#include "log/log.h"
#include "system/drivers.h"
#include "system/files.h"
#include "system/task.h"

void unbinds_begin(struct unbinds *all, struct watch *watch, struct kside *kside)
{
	memset(all, 0, sizeof(*all));
	pthread_mutex_init(&all->lock, NULL);
	all->watch = watch;
	all->kside = kside;
	for (size_t i = 0; i < UNBINDS_MAX; i++)
		all->list[i].all = all;
}

void unbinds_end(struct unbinds *all)
{
	pthread_mutex_destroy(&all->lock);
}

static bool module_concerns(const char *module, const struct rproc *r)
{
	struct driver_modules modules;

	/* What cannot be read may be any. */
	if (!module[0])
		return true;
	driver_modules_find(&r->rp, &modules);
	return driver_modules_have(&modules, module);
}

bool unbind_concerns(const struct unbind *u, const struct rproc *r)
{
	struct unbind_files files;

	if (u->is_removal)
		return module_concerns(u->removal.module, r);
	unbind_files_find(&r->rp, &files);
	return unbind_files_have(&files, u->path);
}

static bool may_concern(const struct unbind *u, const struct rproc *r)
{
	return !rproc_is_up(r) || unbind_concerns(u, r);
}

/* The place of @r among the parts; of a free place with NULL. */
static size_t place_of(const struct unbind *u, const struct rproc *r)
{
	size_t i = 0;

	while (i < REMOTEPROC_MAX && u->rprocs[i] != r)
		i++;
	return i;
}

static bool has_parts(const struct unbind *u)
{
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (u->rprocs[i])
			return true;
	return false;
}

static void free_if_over(struct unbind *u)
{
	if (u->verdict != VERDICT_NONE && !has_parts(u))
		u->used = false;
}

static void answer_removal(struct unbind *u, enum removal_answer answer)
{
	removal_decide(u->all->kside, &u->removal, answer);
	park_continue_if_stopped(u->removal.pid);
}

static void answer_yes(struct unbind *u)
{
	u->verdict = VERDICT_LET_GO;
	u->let_go_ms = clock_ms();
	if (u->is_removal) {
		answer_removal(u, REMOVAL_PASS);
		return;
	}
	/* From here on the parts count the close of the file. */
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (u->rprocs[i])
			inbox_count_open(&u->rprocs[i]->inbox, u->target, false);
	watch_answer(u->all->watch, u->answer, true);
}

static void answer_no(struct unbind *u, const char *reason)
{
	u->verdict = VERDICT_REFUSED;
	if (task_alive(u->tid))
		log_as(LOG_REFUSED, LVL_WARNING, "%s %s refused: %s",
		       u->is_removal ? "removal of module" : "unbind through", u->path, reason);
	if (u->is_removal)
		answer_removal(u, REMOVAL_BUSY);
	else
		watch_answer(u->all->watch, u->answer, false);
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (u->rprocs[i])
			rproc_cancel_for(u->rprocs[i], u);
}

/* What was held may have gone, or been booted anew by others, and the next one hang on the driver. */
static bool still_held(const struct unbind *u, const struct rproc *r)
{
	return !rproc_is_gone(r) &&
	       (!u->all->kside || kside_gate_is_released(u->all->kside, r->rp.index));
}

/* Whether every remote processor that is up and hangs on the driver is held. */
static bool all_safe(const struct unbind *u)
{
	for (size_t i = 0; i < REMOTEPROC_MAX; i++) {
		if (!u->rprocs[i])
			continue;
		if (u->parts[i] == PART_SAFE && still_held(u, u->rprocs[i]))
			continue;
		/* One that was started only after the open is held, too: its thread sees it. */
		if (u->parts[i] != PART_DOWN || rproc_is_up(u->rprocs[i]))
			return false;
	}
	return true;
}

/* With the lock. Something has changed for @u. */
static void decide(struct unbind *u)
{
	if (u->verdict == VERDICT_NONE && all_safe(u))
		answer_yes(u);
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (u->rprocs[i])
			rproc_look(u->rprocs[i]);
	free_if_over(u);
}

/* Each one's hold ends by itself; twice as long for those that had another stop in hand. */
static void be_patient(struct unbind *u, const struct rproc *r)
{
	const uint64_t twice = 2 * (uint64_t)r->config->hold_timeout_ms;

	if (twice > u->patience_ms)
		u->patience_ms = twice;
}

static void add_part(struct unbind *u, struct rproc *r)
{
	const struct caller c = {
		.tid = u->tid,
		.target = u->target,
		.file = WATCH_UNBIND,
		.unbind = u,
	};
	const size_t at = place_of(u, NULL);

	be_patient(u, r);
	u->rprocs[at] = r;
	u->parts[at] = PART_ASKED;
	if (inbox_post(&r->inbox, &c)) {
		/* A removal opens nothing. */
		if (u->verdict == VERDICT_LET_GO && !u->is_removal)
			inbox_count_open(&r->inbox, u->target, false);
		return;
	}
	u->rprocs[at] = NULL;
	if (u->verdict == VERDICT_NONE)
		answer_no(u, "too many openers at once");
}

static struct unbind *find_free(struct unbinds *all)
{
	for (size_t i = 0; i < UNBINDS_MAX; i++)
		if (!all->list[i].used)
			return &all->list[i];
	return NULL;
}

/* With the lock. Into the inboxes of all that @new concerns; false when there is no room. */
static bool post(struct unbinds *all, const struct unbind *new, struct rproc *rprocs)
{
	struct unbind *u = find_free(all);

	if (!u) {
		log_warning("too many unbinds and removals of modules at once; a request was "
			    "refused");
		return false;
	}
	*u = *new;
	u->all = all;
	u->used = true;
	u->number = ++all->posted;
	u->asked_ms = clock_ms();
	for (size_t i = 0; i < REMOTEPROC_MAX && u->verdict == VERDICT_NONE; i++)
		if (rprocs[i].used && may_concern(u, &rprocs[i]))
			add_part(u, &rprocs[i]);
	decide(u);
	return true;
}

void unbinds_post(struct unbinds *all, const struct watch_event *event, struct rproc *rprocs,
		  uint64_t write_timeout_ms)
{
	struct unbind new = {
		.tid = event->tid,
		.answer = event->answer,
		.target = event->target,
		.write_timeout_ms = write_timeout_ms,
	};

	snprintf(new.path, sizeof(new.path), "%s", event->path);
	pthread_mutex_lock(&all->lock);
	if (!post(all, &new, rprocs))
		watch_answer(all->watch, event->answer, false);
	pthread_mutex_unlock(&all->lock);
}

void unbinds_post_removal(struct unbinds *all, const struct removal *removal, struct rproc *rprocs,
			  uint64_t write_timeout_ms)
{
	struct unbind new = {
		.tid = removal->tid,
		.is_removal = true,
		.removal = *removal,
		.write_timeout_ms = write_timeout_ms,
	};

	snprintf(new.path, sizeof(new.path), "%s",
		 removal->module[0] ? removal->module : "(not known)");
	pthread_mutex_lock(&all->lock);
	new.all = all;
	if (!post(all, &new, rprocs))
		answer_removal(&new, REMOVAL_BUSY);
	pthread_mutex_unlock(&all->lock);
}

/*
 * The oldest one that is younger than @number and is not over, or NULL. One that was let go concerns who has
 * come since, too: what is started through our files before the write would be torn down by it.
 */
static struct unbind *next_going_on(struct unbinds *all, unsigned int number)
{
	struct unbind *next = NULL;

	for (size_t i = 0; i < UNBINDS_MAX; i++) {
		struct unbind *u = &all->list[i];

		if (u->used && u->verdict != VERDICT_REFUSED && u->number > number &&
		    (!next || u->number < next->number))
			next = u;
	}
	return next;
}

/* In the order in which they lie in the other inboxes. */
void unbinds_join(struct unbinds *all, struct rproc *r)
{
	struct unbind *u = NULL;

	pthread_mutex_lock(&all->lock);
	while ((u = next_going_on(all, u ? u->number : 0)))
		if (place_of(u, r) == REMOTEPROC_MAX && may_concern(u, r))
			add_part(u, r);
	pthread_mutex_unlock(&all->lock);
}

void unbinds_look(struct unbinds *all)
{
	pthread_mutex_lock(&all->lock);
	for (size_t i = 0; i < UNBINDS_MAX; i++) {
		struct unbind *u = &all->list[i];

		if (!u->used)
			continue;
		if (u->verdict == VERDICT_NONE && !task_alive(u->tid))
			answer_no(u, "the caller has ended");
		else if (u->verdict == VERDICT_NONE && clock_ms() - u->asked_ms > u->patience_ms)
			answer_no(u, "the stops of other remote processors took too long");
		decide(u);
	}
	pthread_mutex_unlock(&all->lock);
}

bool unbinds_busy(struct unbinds *all)
{
	bool busy = false;

	pthread_mutex_lock(&all->lock);
	for (size_t i = 0; i < UNBINDS_MAX; i++)
		busy |= all->list[i].used;
	pthread_mutex_unlock(&all->lock);
	return busy;
}

void unbind_say(struct unbind *u, const struct rproc *r, enum part part)
{
	size_t at;

	pthread_mutex_lock(&u->all->lock);
	at = place_of(u, r);
	if (at < REMOTEPROC_MAX)
		u->parts[at] = part;
	decide(u);
	pthread_mutex_unlock(&u->all->lock);
}

enum verdict unbind_verdict(struct unbind *u)
{
	enum verdict verdict;

	pthread_mutex_lock(&u->all->lock);
	verdict = u->verdict;
	pthread_mutex_unlock(&u->all->lock);
	return verdict;
}

void unbind_refuse(struct unbind *u, const char *name, const char *reason)
{
	char text[256];

	snprintf(text, sizeof(text), "%s: %.200s", name, reason);
	pthread_mutex_lock(&u->all->lock);
	if (u->verdict == VERDICT_NONE)
		answer_no(u, text);
	decide(u);
	pthread_mutex_unlock(&u->all->lock);
}

void unbind_leave(struct unbind *u, const struct rproc *r)
{
	struct unbinds *all = u->all;
	size_t at;

	pthread_mutex_lock(&all->lock);
	at = place_of(u, r);
	if (at < REMOTEPROC_MAX) {
		u->rprocs[at] = NULL;
		u->parts[at] = PART_NONE;
	}
	decide(u);
	pthread_mutex_unlock(&all->lock);
}
