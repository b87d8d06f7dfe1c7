// SPDX-License-Identifier: GPL-2.0-only
/* Begins the file of an episode, takes in the steps of its hold, and writes its end. */
#include "rproc/episode_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/files.h"
#include "timeline/store.h"

void run_count(const struct episode *e, struct kside_counters *out)
{
	memset(out, 0, sizeof(*out));
	if (e->all->kside)
		kside_counters(e->all->kside, e->rp->index, out);
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

static void add_counters(struct episode_run *run, const struct episode *e)
{
	struct kside_counters now;

	run_count(e, &now);
	run->end.refused = now.refused - run->before.refused;
	run->end.dropped = now.dropped - run->before.dropped;
	run->end.unsafe_overlaps = now.unsafe_overlaps - run->before.unsafe_overlaps;
}

void run_finish(struct episode_run *run, const struct episode *e)
{
	/* Here, so that what came after the result counts. */
	add_counters(run, e);
	store_end(run->lines.file, run->end.result, run->ended_ns, finish_file, run);
}

static void write_head(struct episode_run *run, const struct episode *e, struct line_episode *h)
{
	h->id = store_id(run->lines.file);
	h->rproc = e->rp->name;
	h->device = e->rp->device_name;
	h->level = level_name(e->all->level);
	h->started_ns = run->started_ns;
	store_add(run->lines.file, line_episode(h), STORE_LINE);
}

static struct episode_run *without_file(struct episode_run *run)
{
	free(run->lines.mark);
	free(run);
	return NULL;
}

struct episode_run *run_new(const struct episode *e, struct line_episode *h)
{
	struct episode_run *run = calloc(1, sizeof(*run));
	struct kside *kside = e->all->kside;

	if (!run)
		return NULL;
	clock_gettime(CLOCK_REALTIME, &h->started);
	run->started_ns = clock_ns();
	run->lines.file = store_begin(e->all->store, e->rp->name, &h->started);
	run->lines.kside = kside;
	run->lines.index = e->rp->index;
	run->lines.since_ns = e->before_ns;
	run_count(e, &run->before);
	if (kside) {
		run->lines.mark = flight_mark_new();
		run->losses_before = kside_losses(kside);
	}
	if (!run->lines.file)
		return without_file(run);
	write_head(run, e, h);
	return run;
}

void run_on_step(const struct hold_step *step, void *arg)
{
	struct episode_run *run = arg;
	struct line_event line = {
		.t_ns = clock_ns(),
		.event = step->event,
		.device = step->device,
		.text = step->text,
		.senders = step->senders,
	};

	if (step->holder)
		line.task = (struct line_task){ step->holder->pid, step->holder->pid,
						step->holder->comm };
	if (step->event == TL_RELEASED)
		run->released_ns = line.t_ns;
	lines_add(&run->lines, line_event(&line));
	/* Not before: from here on those that are turned away push out nothing. */
	if (step->event == TL_GATE_CLOSED)
		lines_sends_before(&run->lines);
}

static void add_gate_opened(struct episode_run *run)
{
	lines_add(&run->lines, line_event(&(struct line_event){
				       .t_ns = run->ended_ns,
				       .event = TL_GATE_OPENED,
				       .senders = -1,
			       }));
}

void run_end(struct episode_run *run, const struct episode_result *result)
{
	if (run->ended_ns)
		return;
	run->ended_ns = clock_ns();
	run->carried_out = result->carried_out;
	snprintf(run->reason, sizeof(run->reason), "%s", result->reason);
	run->end.t_ns = run->ended_ns;
	run->end.result = timeline_result_name(result_in_file(result->result));
	run->end.reason = run->reason;
	run->end.cause = result->cause;
	if (run->unheld)
		return;
	run->end.held_ns = (run->released_ns ? run->released_ns : run->ended_ns) - run->started_ns;
	if (!result->carried_out && run->lines.kside)
		add_gate_opened(run);
}
