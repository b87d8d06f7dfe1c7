/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One episode while it goes on: its file, and what will stand in its last line. Only for episode.c, under
 * the lock of the remote processor's episodes; but run_on_step() is called by the thread that holds.
 */
#ifndef RPMSG_GUARD_RPROC_EPISODE_RUN_H
#define RPMSG_GUARD_RPROC_EPISODE_RUN_H

#include "rproc/episode.h"
#include "rproc/episode_lines.h"
#include "timeline/lines.h"

struct episodes {
	struct store *store;
	struct kside *kside;
	enum level level;
};

struct episode_run {
	struct episode_lines lines;
	struct kside_counters before;
	struct kside_losses losses_before;
	uint64_t started_ns, released_ns, ended_ns;
	bool unheld, deleted, freed, carried_out, waited;
	bool returned; /* whoever was inside rproc_shutdown(), as seen one look ago */
	bool over;     /* nothing more comes from its hold */
	struct line_end end;
	char reason[256];
};

/* All zero without the kernel side. */
void run_count(const struct episode *e, struct kside_counters *out);

/* Begins the file, with @h as its first line: the wall clock and more is filled in. NULL without memory. */
struct episode_run *run_new(const struct episode *e, struct line_episode *h);

/* hold_step_fn of the hold; @arg is the run. */
void run_on_step(const struct hold_step *step, void *arg);

/* The first result counts. */
void run_end(struct episode_run *run, const struct episode_result *result);

/* The last line; the run is the store's from here on. */
void run_finish(struct episode_run *run, const struct episode *e);

#endif
