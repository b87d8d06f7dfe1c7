// SPDX-License-Identifier: GPL-2.0-only
/* When an episode begins, what belongs to it, and when nothing more can come. */
#include "rproc/episode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_side/event.h"
#include "kernel_side/parked.h"
#include "log/log.h"
#include "rproc/episode_run.h"
#include "system/files.h"
#include "system/task.h"
#include "timeline/store.h"

/* How long a caller waits for the disk at most: what a slow one costs every stop. */
#define FLUSH_MS 50
/* What comes after the result: the kernel goes on tearing down for a moment. */
#define LINGER_MS 100
/* After an unsafe shutdown senders may come out as late as the kernel's transmit timeout. */
#define OVERLAP_MS 20000
/* A shutdown whose end nobody saw, because the event was lost. */
#define UNSEEN_MS 1000
/* Older ones are about something else. */
#define PREFACE_NS 10000000000ULL

struct episodes *episodes_open(const struct config *config, struct kside *kside, enum level level)
{
	const struct store_settings settings = {
		.dir = config->episodes_dir ? config->episodes_dir : EPISODES_DIR,
		.max = config->episodes_max,
		.size = config->episodes_size,
	};
	struct episodes *all;

	if (!settings.max)
		return NULL;
	all = calloc(1, sizeof(*all));
	if (all)
		all->store = store_open(&settings);
	if (!all || !all->store) {
		log_warning("the service records no episodes: no memory");
		free(all);
		return NULL;
	}
	all->kside = kside;
	all->level = level;
	return all;
}

void episodes_close(struct episodes *all)
{
	if (!all)
		return;
	store_close(all->store);
	free(all);
}

size_t episodes_list(struct episodes *all, struct store_entry *out, size_t max)
{
	return all ? store_list(all->store, out, max) : 0;
}

void episode_open(struct episode *e, struct episodes *all, const struct remoteproc *rp)
{
	memset(e, 0, sizeof(*e));
	pthread_mutex_init(&e->lock, NULL);
	e->all = all;
	e->rp = rp;
	if (all)
		run_count(e, &e->at_boot);
}

static void end(struct episode *e, const struct episode_result *result)
{
	if (!e->run || e->run->ended_ns)
		return;
	run_end(e->run, result);
	e->before_ns = e->run->ended_ns;
}

/* Of one that no hold is about: nothing comes after that. */
static void end_unheld(struct episode *e, const struct episode_result *result)
{
	end(e, result);
	e->run->over = true;
	e->unheld += result->carried_out;
}

static void finish(struct episode *e)
{
	run_finish(e->run, e);
	e->run = NULL;
}

static struct episode_run *begin(struct episode *e, struct line_episode *head)
{
	struct episode_run *run;

	if (e->run)
		finish(e);
	run = run_new(e, head);
	if (!run)
		return NULL;
	for (size_t i = 0; i < e->n_preface; i++)
		if (run->started_ns < e->preface[i].time_ns + PREFACE_NS)
			lines_event(&run->lines, &e->preface[i]);
	e->n_preface = 0;
	e->run = run;
	return run;
}

static void begin_held(struct episode *e, struct hold *h)
{
	struct line_episode head = {
		.action = timeline_action_name(h->action),
		.request = h->request,
		.caller = { .tid = h->caller, .comm = h->caller_comm },
	};
	struct line_event requested = { .event = TL_REQUESTED, .text = h->request, .senders = -1 };
	struct episode_run *run;

	end(e, &(struct episode_result){ RESULT_GIVEN_UP, "", TL_CAUSE_NONE, false });
	if (h->caller)
		head.caller.pid = task_process(h->caller);
	run = begin(e, &head);
	if (!run)
		return;
	requested.t_ns = run->started_ns;
	requested.task = head.caller;
	lines_add(&run->lines, line_event(&requested));
	h->step_fn = run_on_step;
	h->step_arg = run;
}

void episode_begin(struct episode *e, struct hold *h)
{
	if (!e->all)
		return;
	pthread_mutex_lock(&e->lock);
	begin_held(e, h);
	pthread_mutex_unlock(&e->lock);
}

static void begin_unheld(struct episode *e, const struct rg_event *event)
{
	struct line_episode head = { .action = timeline_action_name(TL_ACTION_SHUTDOWN) };
	char request[128], comm[sizeof(event->comm) + 1];
	struct episode_run *run;

	snprintf(comm, sizeof(comm), "%.16s", event->comm);
	snprintf(request, sizeof(request), "unheld shutdown by %s (pid %u)", comm, event->tid);
	head.request = request;
	head.caller = (struct line_task){ (int)event->pid, (int)event->tid, comm };
	run = begin(e, &head);
	if (!run)
		return;
	run->unheld = true;
	run->before = e->at_boot;
	lines_sends_before(&run->lines);
}

uint64_t episode_unheld(struct episode *e)
{
	uint64_t n;

	pthread_mutex_lock(&e->lock);
	n = e->unheld;
	pthread_mutex_unlock(&e->lock);
	return n;
}

void episode_id(struct episode *e, char out[EPISODE_ID_MAX])
{
	pthread_mutex_lock(&e->lock);
	snprintf(out, EPISODE_ID_MAX, "%s", e->run ? store_id(e->run->lines.file) : "");
	pthread_mutex_unlock(&e->lock);
}

void episode_flush(const struct hold *h)
{
	struct episode_run *run = h->step_arg;

	if (run)
		store_flush(run->lines.file, FLUSH_MS);
}

void episode_end(struct episode *e, const struct episode_result *result)
{
	pthread_mutex_lock(&e->lock);
	end(e, result);
	pthread_mutex_unlock(&e->lock);
}

void episode_over(struct episode *e)
{
	pthread_mutex_lock(&e->lock);
	if (e->run)
		e->run->over = true;
	pthread_mutex_unlock(&e->lock);
}

static bool is_preface(const struct rg_event *event)
{
	return event->type == RG_SHUTDOWN || event->type == RG_PARKED || event->type == RG_CRASH;
}

static void keep_preface(struct episode *e, const struct rg_event *event)
{
	if (e->n_preface == PREFACE_MAX)
		memmove(&e->preface[0], &e->preface[1], --e->n_preface * sizeof(e->preface[0]));
	e->preface[e->n_preface++] = *event;
}

static void note(struct episode *e, struct episode_run *run, const struct rg_event *event)
{
	switch (event->type) {
	case RG_EJECTED:
		run->end.ejected++;
		break;
	case RG_VQ_DELETED:
		run->deleted = true;
		break;
	case RG_RESOURCES_FREED:
		run->freed = true;
		break;
	case RG_WAITED:
		run->waited = true;
		break;
	case RG_GATE_OPENED:
		if (run->unheld)
			end_unheld(e, &(struct episode_result){ RESULT_NOT_CARRIED_OUT, "",
								TL_CAUSE_NONE, false });
		break;
	default:
		break;
	}
}

static void take_event(struct episode *e, const struct rg_event *event)
{
	const bool none = !e->run || e->run->over;

	if (event->type == RG_BOOT || event->type == RG_VQ_CREATED)
		run_count(e, &e->at_boot);
	if (none && event->type == RG_GATE_CLOSED)
		begin_unheld(e, event);
	if (!e->run) {
		if (is_preface(event))
			keep_preface(e, event);
		return;
	}
	lines_event(&e->run->lines, event);
	note(e, e->run, event);
}

void episode_event(struct episode *e, const struct rg_event *event)
{
	if (!e->all)
		return;
	pthread_mutex_lock(&e->lock);
	take_event(e, event);
	pthread_mutex_unlock(&e->lock);
}

static enum episode_phase phase_of(const struct episode *e)
{
	if (!e->run)
		return EPISODE_NONE;
	if (e->run->over)
		return EPISODE_ENDING;
	return e->run->unheld ? EPISODE_UNHELD : EPISODE_OF_A_HOLD;
}

enum episode_phase episode_phase(struct episode *e)
{
	enum episode_phase phase;

	pthread_mutex_lock(&e->lock);
	phase = phase_of(e);
	pthread_mutex_unlock(&e->lock);
	return phase;
}

static uint64_t ms_since(uint64_t ns)
{
	return (clock_ns() - ns) / 1000000ULL;
}

/* Who was inside while it was torn down may come out yet, and is what the episode is about. */
static bool overlap_may_come(const struct episode *e)
{
	struct kside_sender sender;

	return e->run->waited && ms_since(e->run->started_ns) < OVERLAP_MS &&
	       kside_senders_on_record(e->all->kside, e->rp->index, &sender, 1) > 0;
}

/*
 * The virtqueues are gone, nothing was freed behind that, and nobody is inside any more. That it was freed
 * may not have been told yet when the last one is seen to have left: hence the second look.
 */
static bool has_failed(const struct episode *e, bool up)
{
	struct episode_run *run = e->run;
	const bool returned = run->returned;

	run->returned = up && run->deleted && !run->freed &&
			!parked_inside_on_record(e->all->kside, e->rp->index);
	return returned && run->returned;
}

static bool is_over(const struct episode *e, bool up)
{
	const struct episode_run *run = e->run;

	if (!run->freed && (up || ms_since(run->started_ns) < UNSEEN_MS))
		return false;
	return !overlap_may_come(e);
}

static void end_shutdown(struct episode *e)
{
	struct episode_result result = { RESULT_STOPPED, "", TL_CAUSE_NONE, true };
	struct kside_counters now;

	run_count(e, &now);
	if (e->run->waited || now.unsafe_overlaps != e->run->before.unsafe_overlaps)
		result = (struct episode_result){ RESULT_STOPPED_UNSAFELY, "senders were inside",
						  TL_CAUSE_SENDER_INSIDE, true };
	end_unheld(e, &result);
}

static bool lingers(const struct episode *e)
{
	const struct episode_run *run = e->run;

	return e->all->kside && run->carried_out && !run->freed &&
	       ms_since(run->ended_ns) < LINGER_MS;
}

bool episode_tick(struct episode *e, bool up)
{
	bool failed;

	pthread_mutex_lock(&e->lock);
	failed = phase_of(e) == EPISODE_UNHELD && has_failed(e, up);
	if (failed)
		end_unheld(e, &(struct episode_result){ RESULT_STOP_FAILED, STOP_FAILED_REASON,
							TL_CAUSE_STOP_FAILED, true });
	else if (phase_of(e) == EPISODE_UNHELD && is_over(e, up))
		end_shutdown(e);
	if (phase_of(e) == EPISODE_ENDING && !lingers(e))
		finish(e);
	pthread_mutex_unlock(&e->lock);
	return failed;
}

void episode_close(struct episode *e)
{
	const struct episode_result ended = { RESULT_GIVEN_UP, "the service ended",
					      TL_CAUSE_SERVICE_ENDED, false };

	if (e->run) {
		if (phase_of(e) == EPISODE_UNHELD && e->run->freed)
			end_shutdown(e);
		end(e, &ended);
		finish(e);
	}
	pthread_mutex_destroy(&e->lock);
}
