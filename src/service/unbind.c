// SPDX-License-Identifier: GPL-2.0-only
#include "service/unbind.h"

#include <stdio.h>
#include <string.h>

#include "log/log.h"
#include "service/service.h"
#include "service/slots.h"
#include "system/files.h"
#include "system/task.h"

static bool concerns(const struct slot *s, const char *path)
{
	struct unbind_files files;

	unbind_files_find(&s->rp, &files);
	return unbind_files_have(&files, path);
}

void unbind_mark(struct service *sv)
{
	static struct unbind_files files[REMOTEPROC_MAX];
	const char *paths[REMOTEPROC_MAX * UNBIND_FILES_MAX];
	size_t n = 0;

	/* What is being unbound right now no longer shows; its mark tells when it is over. */
	if (!sv->watch || unbind_is_busy(sv))
		return;
	for (size_t i = 0; i < REMOTEPROC_MAX; i++) {
		if (!sv->slots[i].used)
			continue;
		unbind_files_find(&sv->slots[i].rp, &files[i]);
		for (size_t k = 0; k < files[i].n; k++)
			paths[n++] = files[i].paths[k];
	}
	watch_unbinds(sv->watch, paths, n);
}

bool unbind_is_busy(const struct service *sv)
{
	for (size_t i = 0; i < TICKETS_MAX; i++)
		if (sv->tickets[i].used)
			return true;
	return false;
}

/* Whether every remote processor that is up and hangs on the driver is held. */
static bool all_safe(struct service *sv, struct ticket *t)
{
	bool safe = true;

	for (size_t i = 0; i < REMOTEPROC_MAX; i++) {
		struct slot *s = &sv->slots[i];

		if (!s->used || !concerns(s, t->path))
			continue;
		/* Whether the next one of this number is up is known when it has been renewed. */
		safe = safe && !slot_is_stale(s);
		if (!slot_is_up(s))
			continue;
		/* Also one that was started only after the open. */
		if (slot_part_in(s, t) == PART_NONE)
			slot_join(s, t);
		safe = safe && slot_part_in(s, t) == PART_SAFE;
	}
	return safe;
}

static void let_go(struct service *sv, struct ticket *t)
{
	t->let_go = true;
	t->let_go_ms = clock_ms();
	for (size_t i = 0; i < REMOTEPROC_MAX; i++) {
		struct slot *s = &sv->slots[i];

		if (!s->used)
			continue;
		s->starts_wait = concerns(s, t->path);
		if (slot_part_in(s, t) != PART_NONE)
			slot_let_go(s);
	}
	watch_answer(sv->watch, t->answer, true);
}

static void end(struct service *sv, struct ticket *t)
{
	t->used = false;
	for (size_t i = 0; i < REMOTEPROC_MAX; i++) {
		struct slot *s = &sv->slots[i];

		if (!s->used)
			continue;
		slot_leave(s, t);
		s->starts_wait = false;
		for (size_t k = 0; k < TICKETS_MAX; k++)
			s->starts_wait |= sv->tickets[k].used && sv->tickets[k].let_go &&
					  concerns(s, sv->tickets[k].path);
		slot_admit_queued(s);
	}
}

static void refuse(struct service *sv, struct ticket *t)
{
	if (task_alive(t->tid))
		log_warning("unbind through %s refused%s%s", t->path, t->reason[0] ? ": " : "",
			    t->reason);
	watch_answer(sv->watch, t->answer, false);
	end(sv, t);
}

/* One that runs for that long is in user mode: an unbind sleeps when it takes long. */
static bool is_writing(const struct service *sv, const struct ticket *t)
{
	return watch_held_open(sv->watch, t->target, t->tid) && task_is_writing(t->tid) &&
	       (task_whereabouts(t->tid) != TASK_RUNNING ||
		clock_ms() - t->let_go_ms < sv->config->defaults.write_timeout_ms);
}

static bool still_at_it(struct service *sv, const struct ticket *t)
{
	if (is_writing(sv, t))
		return true;
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (sv->slots[i].used && slot_part_in(&sv->slots[i], t) != PART_NONE)
			return true;
	return false;
}

/* Each slot's hold ends by itself; twice as long for those that had another stop in hand. */
static bool too_late(const struct service *sv, const struct ticket *t)
{
	unsigned int longest = 0;

	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (sv->slots[i].used && sv->slots[i].config->hold_timeout_ms > longest)
			longest = sv->slots[i].config->hold_timeout_ms;
	return clock_ms() - t->asked_ms > 2 * (uint64_t)longest;
}

static void step(struct service *sv, struct ticket *t)
{
	if (t->let_go) {
		if (!still_at_it(sv, t))
			end(sv, t);
	} else if (t->refused || !task_alive(t->tid)) {
		refuse(sv, t);
	} else if (all_safe(sv, t)) {
		let_go(sv, t);
	} else if (too_late(sv, t)) {
		t->refused = true;
		snprintf(t->reason, sizeof(t->reason), "other stops took too long");
	}
}

void unbind_tick(struct service *sv)
{
	for (size_t i = 0; i < TICKETS_MAX; i++)
		if (sv->tickets[i].used)
			step(sv, &sv->tickets[i]);
}

void unbind_request(struct service *sv, const struct watch_event *event)
{
	for (size_t i = 0; i < TICKETS_MAX; i++) {
		struct ticket *t = &sv->tickets[i];

		if (t->used)
			continue;
		*t = (struct ticket){
			.used = true,
			.answer = event->answer,
			.tid = event->tid,
			.target = event->target,
			.asked_ms = clock_ms(),
		};
		snprintf(t->path, sizeof(t->path), "%s", event->path);
		/* A remote processor may have come that we have not heard of yet. */
		slots_scan(sv);
		step(sv, t);
		return;
	}
	log_warning("too many opens of unbind files at once; one refused");
	watch_answer(sv->watch, event->answer, false);
}

void unbind_closed(struct service *sv, const struct watch_event *event)
{
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (sv->slots[i].used)
			slot_closed(&sv->slots[i], event);
}
