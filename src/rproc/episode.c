// SPDX-License-Identifier: GPL-2.0-only
#include "rproc/episode.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard/event.h"
#include "log/log.h"
#include "rproc/episode_lines.h"
#include "system/files.h"
#include "system/task.h"
#include "timeline/lines.h"
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

struct episodes {
	struct store *store;
	struct guard *guard;
	enum level level;
};

struct episode_run {
	struct episode_lines lines;
	struct guard_counters before;
	struct guard_losses losses_before;
	uint64_t started_ns, released_ns, ended_ns;
	uint64_t ejected;
	bool unannounced, freed, carried_out, waited;
	bool over; /* nothing more comes from its hold */
	struct line_end end;
	char reason[256];
};

struct episodes *episodes_open(const struct config *config, struct guard *guard, enum level level)
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
		log_warning("no episodes are kept: no memory");
		free(all);
		return NULL;
	}
	all->guard = guard;
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

/* All zero without the kernel side. */
static void count(const struct episode *e, struct guard_counters *out)
{
	memset(out, 0, sizeof(*out));
	if (e->all->guard)
		guard_counters(e->all->guard, e->rp->index, out);
}

void episode_open(struct episode *e, struct episodes *all, const struct remoteproc *rp)
{
	memset(e, 0, sizeof(*e));
	pthread_mutex_init(&e->lock, NULL);
	e->all = all;
	e->rp = rp;
	if (all)
		count(e, &e->at_boot);
}

/* In the thread of the store, as the last of the episode. */
static void finish_file(struct store_file *f, void *arg)
{
	struct episode_run *run = arg;
	struct episode_lines *lines = &run->lines;

	(void)f;
	lines_sends_after(lines);
	run->end.complete = lines_losses(lines, &run->losses_before, run->end.t_ns);
	store_add(lines->file, line_end(&run->end), STORE_LINE);
	free(lines->mark);
	free(run);
}

static void finish(struct episode *e)
{
	struct episode_run *run = e->run;

	e->run = NULL;
	store_end(run->lines.file, run->end.result, run->ended_ns, finish_file, run);
}

static void header(const struct episode *e, struct episode_run *run, struct line_episode *h)
{
	h->id = store_id(run->lines.file);
	h->rproc = e->rp->name;
	h->device = e->rp->device_name;
	h->level = level_name(e->all->level);
	h->started_ns = run->started_ns;
	store_add(run->lines.file, line_episode(h), STORE_LINE);
}

static void tell_preface(struct episode *e, struct episode_run *run)
{
	for (size_t i = 0; i < e->n_preface; i++)
		if (run->started_ns < e->preface[i].time_ns + PREFACE_NS)
			lines_event(&run->lines, &e->preface[i]);
	e->n_preface = 0;
}

/* The wall clock is taken at @started_ns, too. */
static struct episode_run *new_run(struct episode *e, struct line_episode *h)
{
	struct episode_run *run = calloc(1, sizeof(*run));
	struct episodes *all = e->all;

	if (!run)
		return NULL;
	clock_gettime(CLOCK_REALTIME, &h->started);
	run->started_ns = clock_ns();
	run->lines.file = store_begin(all->store, e->rp->name, &h->started);
	run->lines.guard = all->guard;
	run->lines.index = e->rp->index;
	run->lines.since_ns = e->before_ns;
	count(e, &run->before);
	if (all->guard) {
		run->lines.mark = flight_mark_new(all->guard);
		run->losses_before = guard_losses(all->guard);
	}
	if (run->lines.file)
		return run;
	free(run->lines.mark);
	free(run);
	return NULL;
}

static void on_step(const struct hold_step *step, void *arg)
{
	struct episode_run *run = arg;
	const struct line_event line = {
		.t_ns = clock_ns(),
		.event = step->event,
		.device = step->device,
		.text = step->text,
		.senders = step->senders,
	};

	if (step->event == TL_RELEASED)
		run->released_ns = line.t_ns;
	lines_add(&run->lines, line_event(&line));
	/* Not before: from here on those that are turned away push out nothing. */
	if (step->event == TL_GATE_CLOSED)
		lines_sends_before(&run->lines);
}

static void end(struct episode *e, enum rproc_result result, const char *reason, bool carried_out)
{
	struct episode_run *run = e->run;

	if (!run || run->ended_ns)
		return;
	run->ended_ns = clock_ns();
	run->carried_out = carried_out;
	snprintf(run->reason, sizeof(run->reason), "%s", reason);
	run->end.t_ns = run->ended_ns;
	run->end.result = result_word(result);
	run->end.reason = run->reason;
	if (!run->unannounced)
		run->end.held_ns = (run->released_ns ? run->released_ns : run->ended_ns) -
				   run->started_ns;
	e->before_ns = run->ended_ns;
	if (!carried_out && !run->unannounced && e->all->guard)
		lines_add(&run->lines,
			  line_event(&(struct line_event){
				  .t_ns = run->ended_ns, .event = TL_GATE_OPENED, .senders = -1 }));
}

static void end_at_once(struct episode *e, enum rproc_result result, const char *reason,
			bool carried_out)
{
	end(e, result, reason, carried_out);
	e->run->over = true;
}

static void begin(struct episode *e, struct hold *h)
{
	struct line_episode head = { .action = h->action, .request = h->request };
	struct line_event requested = { .event = TL_REQUESTED, .text = h->request, .senders = -1 };
	char comm[sizeof(h->caller_name)];
	struct episode_run *run;

	if (e->run && !e->run->ended_ns)
		end(e, RESULT_GIVEN_UP, "", false);
	if (e->run)
		finish(e);
	run = new_run(e, &head);
	if (!run)
		return;
	if (h->caller) {
		snprintf(comm, sizeof(comm), "%s", h->caller_name);
		comm[strcspn(comm, "[")] = '\0';
		head.caller = (struct line_task){ task_process(h->caller), h->caller, comm };
	}
	requested.t_ns = run->started_ns;
	requested.task = head.caller;
	header(e, run, &head);
	tell_preface(e, run);
	lines_add(&run->lines, line_event(&requested));
	e->run = run;
	h->step_fn = on_step;
	h->step_arg = run;
}

void episode_begin(struct episode *e, struct hold *h)
{
	if (!e->all)
		return;
	pthread_mutex_lock(&e->lock);
	begin(e, h);
	pthread_mutex_unlock(&e->lock);
}

static void begin_unannounced(struct episode *e, const struct rg_event *event)
{
	struct line_episode head = { .action = "shutdown" };
	char request[128], comm[sizeof(event->comm) + 1];
	struct episode_run *run;

	if (e->run)
		finish(e);
	run = new_run(e, &head);
	if (!run)
		return;
	snprintf(comm, sizeof(comm), "%.16s", event->comm);
	snprintf(request, sizeof(request), "shutdown by %s[%u] that nobody had announced", comm,
		 event->tid);
	head.request = request;
	head.caller = (struct line_task){ (int)event->pid, (int)event->tid, comm };
	run->unannounced = true;
	run->before = e->at_boot;
	header(e, run, &head);
	tell_preface(e, run);
	e->run = run;
	lines_sends_before(&run->lines);
}

void episode_flush(const struct hold *h)
{
	struct episode_run *run = h->step_arg;

	if (run)
		store_flush(run->lines.file, FLUSH_MS);
}

void episode_end(struct episode *e, enum rproc_result result, const char *reason, bool carried_out)
{
	pthread_mutex_lock(&e->lock);
	end(e, result, reason, carried_out);
	pthread_mutex_unlock(&e->lock);
}

void episode_over(struct episode *e)
{
	pthread_mutex_lock(&e->lock);
	if (e->run)
		e->run->over = true;
	pthread_mutex_unlock(&e->lock);
}

static void add_counters(const struct episode *e, struct episode_run *run)
{
	struct guard_counters now;

	count(e, &now);
	run->end.refused = now.refused - run->before.refused;
	run->end.dropped = now.dropped - run->before.dropped;
	run->end.unsafe_overlaps = now.unsafe_overlaps - run->before.unsafe_overlaps;
	run->end.ejected = run->ejected;
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
		run->ejected++;
		break;
	case RG_RESOURCES_FREED:
		run->freed = true;
		break;
	case RG_WAITED:
		run->waited = true;
		break;
	case RG_GATE_OPENED:
		if (run->unannounced)
			end_at_once(e, RESULT_NOT_CARRIED_OUT, "", false);
		break;
	default:
		break;
	}
}

static void take_event(struct episode *e, const struct rg_event *event)
{
	const bool none = !e->run || e->run->over;

	if (event->type == RG_BOOT || event->type == RG_VQ_CREATED)
		count(e, &e->at_boot);
	if (none && event->type == RG_GATE_CLOSED)
		begin_unannounced(e, event);
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

static bool is_ending(const struct episode *e)
{
	return e->run && e->run->over;
}

static bool is_unannounced(const struct episode *e)
{
	return e->run && e->run->unannounced && !e->run->over;
}

bool episode_is_ending(struct episode *e)
{
	bool ending;

	pthread_mutex_lock(&e->lock);
	ending = is_ending(e);
	pthread_mutex_unlock(&e->lock);
	return ending;
}

bool episode_is_unannounced(struct episode *e)
{
	bool unannounced;

	pthread_mutex_lock(&e->lock);
	unannounced = is_unannounced(e);
	pthread_mutex_unlock(&e->lock);
	return unannounced;
}

static uint64_t ms_since(uint64_t ns)
{
	return (clock_ns() - ns) / 1000000ULL;
}

/* Who was inside while it was torn down may come out yet, and is what the episode is about. */
static bool overlap_may_come(const struct episode *e)
{
	struct guard_sender sender;

	return e->run->waited && ms_since(e->run->started_ns) < OVERLAP_MS &&
	       guard_senders(e->all->guard, e->rp->index, &sender, 1) > 0;
}

static bool is_over(const struct episode *e, bool up)
{
	const struct episode_run *run = e->run;

	if (!run->freed && (up || ms_since(run->started_ns) < UNSEEN_MS))
		return false;
	return !overlap_may_come(e);
}

static void end_unannounced(struct episode *e)
{
	struct guard_counters now;

	count(e, &now);
	if (e->run->waited || now.unsafe_overlaps != e->run->before.unsafe_overlaps)
		end_at_once(e, RESULT_STOPPED_UNSAFELY, "senders were inside", true);
	else
		end_at_once(e, RESULT_STOPPED, "", true);
}

static void tick(struct episode *e, bool up)
{
	struct episode_run *run = e->run;

	if (is_unannounced(e) && is_over(e, up))
		end_unannounced(e);
	if (!is_ending(e))
		return;
	/* Here, so that what came after the result counts. */
	add_counters(e, run);
	if (e->all->guard && run->carried_out && !run->freed && ms_since(run->ended_ns) < LINGER_MS)
		return;
	finish(e);
}

void episode_tick(struct episode *e, bool up)
{
	pthread_mutex_lock(&e->lock);
	tick(e, up);
	pthread_mutex_unlock(&e->lock);
}

void episode_close(struct episode *e)
{
	if (e->run) {
		if (is_unannounced(e) && e->run->freed)
			end_unannounced(e);
		end(e, RESULT_GIVEN_UP, "the service ended", false);
		add_counters(e, e->run);
		finish(e);
	}
	pthread_mutex_destroy(&e->lock);
}
