/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One remote processor under guard: who waits to bring it down, the hold that runs for them, and what
 * became of the last one. Those who wait are openers of a file that brings it down, and latecomers.
 *
 *	idle --somebody wants it down--> holding --safe--> released --gone down, or not--> idle
 *	                                    \--refused, given up------------------------->/
 *	idle --open while down--> starting --closed-------------------------------------->/
 *	idle --crash--> holding, and recovered in the same thread ----------------------->/
 *
 * An open of a driver's "unbind" file may concern several slots: each is held, and stays released
 * until the file is closed (unbind.h).
 */
#ifndef RPMSG_GUARD_SERVICE_SLOT_H
#define RPMSG_GUARD_SERVICE_SLOT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "hold/hold.h"
#include "hold/watch.h"
#include "service/episode.h"
#include "service/latecomers.h"
#include "service/recovery.h"
#include "system/drivers.h"

#define OPENERS_MAX 16

struct ticket;

enum slot_phase {
	SLOT_IDLE,
	SLOT_HOLDING,  /* hold_run() is going on in a thread of its own */
	SLOT_RELEASED, /* the first opener was let go and may write now, the others wait for it */
	SLOT_STARTING, /* the same with nothing to tear down: it may write "start" */
};

struct opener {
	int tid;
	int answer; /* without a ticket */
	int target; /* the file, see watch_held_open() */
	enum watch_file file;
	struct ticket *ticket; /* of an "unbind" file: shared by several slots */
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
	bool abandoned;	  /* the hold was cancelled because nobody wanted it any more */
	bool was_crashed; /* when the hold began */
	struct virtio_bindings bindings; /* the same */

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
	bool starts_wait; /* a driver is being unbound: openers are queued, see unbind.h */

	struct announced announced;
	struct bound *bound; /* of the service, set after slot_begin() */
	struct episode episode;

	struct recovery recovery;
	bool recovering;	    /* the hold is for a recovery that we write ourselves */
	int recover_error;	    /* of that write */
	bool crash_handled;	    /* this crash was recovered from, or is left alone */
	uint64_t crash_reported_ms; /* by the kernel side, and not looked at yet; or 0 */
	bool recovery_open_crashed; /* "recovery" was last opened around a crash */

	uint64_t stops;		 /* and unbinds, carried out after a hold */
	uint64_t recoveries;	 /* the same */
	const char *last_result; /* NULL before the first hold */
	const char *last_action; /* of that hold */
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

/*
 * Whether the remote processor is not there any more. Another one may have its number and its path by
 * now, and the openers that are queued may be of that one: nothing is decided on a stale slot.
 */
bool slot_is_stale(const struct slot *s);

/* Nothing that a stale slot waits for comes any more: it is idle now, or soon. */
void slot_abandon(struct slot *s);

/*
 * Begins to guard @rp, which has the number of the one that this idle slot was for, and takes over
 * those that are queued; slot_admit_queued() is left to the caller. With an error the slot has ended.
 */
int slot_renew(struct slot *s, const struct remoteproc *rp, const struct rproc_config *config);

/* Whether the remote processor has something that a stop would take down. */
bool slot_is_up(const struct slot *s);

/* Wakes the service up, from a thread of the slot that has ended its work. */
void slot_wake(const struct slot *s);

/* Whether something goes on that has to be looked at often. */
bool slot_is_busy(const struct slot *s);

void slot_open(struct slot *s, const struct watch_event *event);
void slot_closed(struct slot *s, const struct watch_event *event);
void slot_worker_done(struct slot *s);

/* Cheap: something has happened that may have been its start. */
void slot_look(struct slot *s);

/* Called every now and then, often while the slot is busy, for what no event announces. */
void slot_tick(struct slot *s);

/* For unbind.c: the slot takes part in an open that is answered for several at once. */
enum slot_part { PART_NONE, PART_WAITS, PART_SAFE };

void slot_join(struct slot *s, struct ticket *ticket);
void slot_leave(struct slot *s, const struct ticket *ticket);
enum slot_part slot_part_in(const struct slot *s, const struct ticket *ticket);
/* The open was answered: the caller has as long as any other to write. */
void slot_let_go(struct slot *s);
void slot_admit_queued(struct slot *s);

/* For crash.c and late.c. */
void slot_start_hold(struct slot *s);
void slot_finish(struct slot *s, const char *result, bool carried_out);

#endif
