/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is kept of each way down of a remote processor: an episode is begun with a hold, or by a
 * shutdown that nobody holds, takes in the steps of the hold and the events of the kernel side,
 * and is over with the result. Nobody waits for its file: see timeline/store.h.
 */
#ifndef RPMSG_GUARD_RPROC_EPISODE_H
#define RPMSG_GUARD_RPROC_EPISODE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "kernel_side/kside.h"
#include "hold/hold.h"
#include "rproc/result.h"
#include "timeline/names.h"
#include "timeline/store_dir.h"

/* Events that may come before what they are about has begun. */
#define PREFACE_MAX 4

struct episodes;
struct episode_run;

/*
 * The episodes of one remote processor. Its thread begins and ends them, the event loop adds events and
 * finishes them. All zero but the lock: none is kept.
 */
struct episode {
	pthread_mutex_t lock;
	struct episodes *all;
	const struct remoteproc *rp;
	struct rg_event preface[PREFACE_MAX];
	size_t n_preface;
	uint64_t before_ns; /* what ended before this was told of in the last one */
	/* When it last came up: a shutdown that nobody holds is known after it has begun. */
	struct kside_counters at_boot;
	struct episode_run *run; /* NULL while there is none */
	uint64_t unheld;	 /* shutdowns that nobody held, and that were carried out */
};

struct episode_result {
	enum rproc_result result;
	const char *reason; /* why it was refused or unsafe, or "" */
	enum timeline_cause cause;
	bool carried_out;
};

/* NULL when none are to be kept, or without memory. @kside may be NULL. */
struct episodes *episodes_open(const struct config *config, struct kside *kside, enum level level);

/* Before the guard is closed, and after the last episode_close(). */
void episodes_close(struct episodes *all);

/* The newest ones first; returns how many of at most @max. */
size_t episodes_list(struct episodes *all, struct store_entry *out, size_t max);

/* @rp has to stay where it is. */
void episode_open(struct episode *e, struct episodes *all, const struct remoteproc *rp);
/* Nothing more will come of it. */
void episode_close(struct episode *e);

/* Between hold_begin() and hold_run(). One that is going on was given up. */
void episode_begin(struct episode *e, struct hold *h);

/* How many shutdowns nobody held. Not known when no episodes are kept: 0. */
uint64_t episode_unheld(struct episode *e);

/* The name of the run that is going on, or of none: "". */
void episode_id(struct episode *e, char out[EPISODE_ID_MAX]);

/* In the thread of the hold, before its caller goes on: what is known should survive a panic. */
void episode_flush(const struct hold *h);

/* The result of that hold; and hold_end() has told the rest, of which the run is told no more. */
void episode_end(struct episode *e, const struct episode_result *result);
void episode_over(struct episode *e);

void episode_event(struct episode *e, const struct rg_event *event);

enum episode_phase {
	EPISODE_NONE,
	EPISODE_OF_A_HOLD,
	EPISODE_UNHELD, /* begun by a shutdown that nobody holds */
	EPISODE_ENDING, /* has its result; what comes right after belongs to it, too */
};

/* In the last two phases episode_tick() should be called soon. */
enum episode_phase episode_phase(struct episode *e);

/* Why a result is RESULT_STOP_FAILED. */
#define STOP_FAILED_REASON "the driver's stop failed after the teardown, and the channels are gone"

/*
 * Outside of the handling of events, and with none left. @up: the remote processor is. True when a
 * shutdown that nobody held has failed after the teardown.
 */
bool episode_tick(struct episode *e, bool up);

#endif
