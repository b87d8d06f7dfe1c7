/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One remote processor under guard.
 *
 * The event loop posts what concerns it into its inbox; a thread of its own tells its story (story.c):
 * it takes one caller after the other, holds, lets one go, and waits for the end of that. What is not
 * the inbox, the view, the episode or the recovery belongs to that thread alone.
 */
#ifndef RPMSG_GUARD_RPROC_RPROC_H
#define RPMSG_GUARD_RPROC_RPROC_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "hold/hold.h"
#include "hold/watch.h"
#include "rproc/episode.h"
#include "rproc/inbox.h"
#include "rproc/parked_callers.h"
#include "rproc/recovery.h"
#include "rproc/result.h"
#include "rproc/tally.h"
#include "system/drivers.h"

struct unbind;

/* How often what nothing announces is looked at while something goes on. */
#define LOOK_MS 50

/* What all remote processors share; outlives them. */
struct rproc_world {
	struct watch *watch;	   /* NULL: only observe */
	struct kside *kside;	   /* NULL below level "observe" */
	struct episodes *episodes; /* NULL when none are kept */
	struct bound *bound;
	bool hears_crashes; /* the event loop tells the threads of each */
	int wake_fd;	    /* eventfd of the event loop */
};

enum rproc_phase {
	RPROC_IDLE,
	RPROC_HOLDING,
	RPROC_RELEASED, /* somebody was let go and may bring it down now */
	RPROC_STARTING, /* the same with nothing to tear down: it may be started */
};

/* The last hold. */
struct rproc_last {
	enum rproc_result result;
	const char *action;
	uint64_t held_ms;
	time_t at;
	char caller[40];
	char reason[256]; /* why it was refused or unsafe, or "" */
};

/* What the thread shows of itself: written by it, read by the event loop, under the inbox's lock. */
struct rproc_view {
	enum rproc_phase phase;
	bool in_hold;		       /* between hold_begin() and hold_end() */
	bool is_tending;	       /* parked callers that were let go */
	bool is_recovering;	       /* by our own write */
	bool torn_down;		       /* a stop failed after the teardown, see left_up.h */
	const struct unbind *held_for; /* for which the hold was begun, or NULL */
	enum hold_cancel cancel;       /* asked for by the event loop, of any hold from now on */
	uint64_t stops;		       /* and unbinds, carried out after a hold */
	uint64_t recoveries;	       /* the same */
	struct tally tally;	       /* of all holds */
	struct rproc_last last;
};

/* The snapshot for the status. */
struct rproc_snapshot {
	uint64_t stops, recoveries;
	uint64_t unheld_shutdowns;
	struct tally tally;
	struct rproc_last last;
	bool in_hold; /* what follows is of the hold that is going on */
	const char *action;
	char caller[40];
	uint64_t requested_ms;
	enum hold_state state;
	char waiting_for[192];
};

/* The caller that was let go; all others wait until its write is over. */
struct let_go {
	bool there;	/* the others are parked, or it is our own write */
	bool past_open; /* it has been seen behind its open */
	struct caller caller;
	uint64_t at_ms;
};

struct rproc {
	bool used;
	struct remoteproc rp;
	const struct rproc_config *config;
	const struct rproc_world *world;
	/*
	 * Both opened before the file was marked. Who reads through the descriptor that somebody writes
	 * through waits for the end of the write (kernfs_seq_start(): the mutex of the open file).
	 */
	int state_fd;	/* to be read */
	int command_fd; /* to be written */
	pthread_t thread;
	atomic_bool told; /* the story is at its end: the thread may be joined */

	struct inbox inbox;
	struct rproc_view view;
	struct episode episode;
	struct recovery recovery;

	/* The thread's own. */
	struct hold hold;
	bool was_crashed;		  /* when the hold began */
	struct virtio_bindings bindings;  /* the same */
	struct kside_shutdowns shutdowns; /* when somebody was let go */
	struct let_go let_go;
	struct parked_callers parked;
	struct announced announced;
	bool crash_handled; /* this crash was recovered from, or is left alone */
};

/* For the event loop: none of these waits. */

void rproc_open(struct rproc *r, const struct watch_event *event);
void rproc_closed(struct rproc *r, const struct watch_event *event);

/* Something has happened that may concern it. */
void rproc_look(struct rproc *r);

/* Makes a hold that is going on end soon. */
void rproc_cancel(struct rproc *r, enum hold_cancel why);

/* The same if it is for the callers of @u, who have their answer. */
void rproc_cancel_for(struct rproc *r, const struct unbind *u);

/* Whether somebody waits, or was let go and is not done. */
bool rproc_is_busy(struct rproc *r);

void rproc_show(struct rproc *r, struct rproc_snapshot *out);

/* For both sides. */

enum remoteproc_state rproc_state(const struct rproc *r);

/* Whether it has something that a stop would take down. */
bool rproc_is_up(const struct rproc *r);

/*
 * Whether the remote processor is not there any more. Another one may have its number and its path by
 * now, and the callers in the inbox may be of that one: nothing is decided about them here.
 */
bool rproc_is_gone(const struct rproc *r);

/*
 * Whether its state says up and its channels are gone, because a stop failed after the teardown. A start
 * does not help: it has to be stopped.
 */
bool rproc_is_torn_down(struct rproc *r);

/* For the thread. */

void rproc_set_torn_down(struct rproc *r, bool torn_down);

void rproc_enter(struct rproc *r, enum rproc_phase phase);

/* The event loop looks what has changed. */
void rproc_wake_service(const struct rproc *r);

#endif
