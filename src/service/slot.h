/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One remote processor under guard: who waits to stop it, the hold that runs for them, and what
 * became of the last one. Those who wait are openers of its state file, or latecomers.
 *
 *	idle --a stop is wanted--> holding --safe--> released --stopped, or not--> idle
 *	  \                           \--refused, given up--------------------->/
 *	   \--opened while down--> starting --closed--------------------------->/
 *
 * Whoever comes while another was let go waits until that one is done.
 */
#ifndef RPMSG_GUARD_SERVICE_SLOT_H
#define RPMSG_GUARD_SERVICE_SLOT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "hold/hold.h"
#include "hold/watch.h"
#include "service/latecomers.h"

#define OPENERS_MAX 16

enum slot_phase {
	SLOT_IDLE,
	SLOT_HOLDING,  /* hold_run() is going on in a thread of its own */
	SLOT_RELEASED, /* the opener was let go and may write "stop" now */
	SLOT_STARTING, /* the same with nothing to tear down: it may write "start" */
};

struct opener {
	int tid;
	int answer;
};

struct slot {
	bool used;
	struct remoteproc rp;
	const struct rproc_config *config;
	struct watch *watch; /* NULL: only observe */
	struct guard *guard;
	int state_fd; /* for reading and writing, opened before the file was marked */
	int done_fd;  /* eventfd of the service, rung when hold_run() has ended */

	enum slot_phase phase;
	struct hold hold;
	pthread_t worker;
	enum hold_result result;
	atomic_bool worker_done;

	struct opener openers[OPENERS_MAX]; /* wait for an answer; or the one that was let go */
	size_t n_openers;
	struct opener queued[OPENERS_MAX]; /* wait for that one to be done */
	size_t n_queued;
	unsigned int open_descriptors; /* let go, and not known to be closed again */
	struct latecomers late;
	bool stopping; /* the thread that stops in place of deferred latecomers is running */
	pthread_t stopper;
	int stop_error;
	atomic_bool stopper_done;
	uint64_t released_ms;

	uint64_t stops;		 /* carried out after a hold */
	const char *last_result; /* NULL before the first hold */
	uint64_t last_held_ms;
	time_t last_at;
	char last_caller[32];
	char last_reason[256]; /* why it was refused or unsafe, or "" */
};

/* Begins to guard @rp; returns 0 or a negative errno with nothing left behind. */
int slot_begin(struct slot *s, const struct remoteproc *rp, const struct rproc_config *config,
	       struct watch *watch, struct guard *guard, int done_fd);

/* The remote processor has gone, or the service ends. Only when the slot is idle. */
void slot_end(struct slot *s);

/* Whether the remote processor was replaced by another of the same name and path. */
bool slot_is_stale(const struct slot *s);

void slot_open(struct slot *s, const struct watch_event *event);
void slot_closed(struct slot *s);

/* One was turned back at rproc_shutdown(). Offered again and again until it goes on. */
void slot_late(struct slot *s, const struct parked *p);
void slot_worker_done(struct slot *s);

/* Called every now and then while the slot is busy, for what no event announces. */
void slot_tick(struct slot *s);
bool slot_is_busy(const struct slot *s);

#endif
