/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Making one stop of a remote processor safe: the sequence between "somebody wants to stop it" and
 * "now it may happen".
 *
 *	hold_begin()	nothing has changed yet
 *	hold_run()	blocks: announcements of a start waited for, gate closed, newcomers kept
 *			out, ttys hung up, senders drained, descriptors closed, ports mended
 *	hold_end()	the stop was carried out, or not: puts back what has to be put back
 *
 * The caller keeps the stop itself from happening in the meantime (by not answering the open of the
 * state file, or by not writing "stop" yet).
 */
#ifndef RPMSG_GUARD_HOLD_HOLD_H
#define RPMSG_GUARD_HOLD_HOLD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "kernel_side/kside.h"
#include "hold/keepout.h"
#include "system/bound.h"
#include "system/creds.h"
#include "system/holders.h"
#include "system/remoteproc.h"
#include "system/tty.h"
#include "timeline/names.h"

enum hold_state {
	HOLD_REQUESTED,
	HOLD_GATE_CLOSED,
	HOLD_KEPT_OUT,
	HOLD_SETTLED,
	HOLD_EJECTED,
	HOLD_HUNG_UP,
	HOLD_DRAINED,
	HOLD_CLOSED,
	HOLD_MENDED,
	HOLD_RELEASED,
};

enum hold_result {
	HOLD_SAFE,	/* nobody is inside and nobody can come back */
	HOLD_UNSAFE,	/* not so, but the configuration says to proceed */
	HOLD_REFUSED,	/* not so, and the stop has to be refused */
	HOLD_CANCELLED, /* the caller has gone, or the program ends */
};

struct hangup;

/* Why a hold is given up. That its caller has gone hold_run() finds out by itself. */
enum hold_cancel {
	HOLD_GOES_ON,
	HOLD_UNWANTED,	  /* its caller was refused by others */
	HOLD_INTERRUPTED, /* the program ends */
	HOLD_RPROC_GONE,  /* nothing is left to be held for */
};

struct hold_tty {
	struct keepout keepout;
	bool seen_open;	       /* by somebody else, after newcomers were kept out */
	bool hung_up;	       /* since newcomers were kept out */
	bool told;	       /* that it was, or of a chardev who has it open */
	bool polled;	       /* by somebody who cannot be made to poll anew: see pollers.c */
	bool told_shared;      /* the log says that its module is in use by other devices, too */
	struct hangup *ask;    /* the question who has it open, while it is asked */
	struct hangup *hangup; /* NULL when nobody had it open */
};

/*
 * The endpoint devices of a hold, any number of them (endpoints.c). Those that programs must close are among the ttys
 * instead.
 */
struct endpoints {
	struct keepout *list;
	size_t n, room;
};

#define HOLDERS_MAX 64

/* Who has devices of a hold open at one moment, by what /proc shows. */
struct present {
	struct holder holders[HOLDERS_MAX];
	size_t n;
	bool unfinished; /* the look took too long: others may have devices open, too */
};

#define REACH_MAX 32

/*
 * Who could open one of the ttys of a hold: by the rights of every node of them that is known.
 * Nodes mostly have the same rights, so a few kinds are many nodes. All zero: nobody.
 */
struct reach {
	struct rights kinds[REACH_MAX];
	size_t n;
	bool everybody; /* more kinds than there is room for, or a node that nobody could look at */
};

/*
 * The channels that a remote processor announces some moments after its start.
 *
 * The kernel says "running" when the start returns, and the firmware announces its channels when it
 * has booted. A stop that comes in between finds nothing to quiesce, is let go, and meets the ttys
 * that have appeared since then with programs that were waiting for them: a panic at level
 * userspace, the vendors' error path at the others. Which ttys will come nobody can know, but
 * firmware mostly announces the same ones each time.
 *
 * Of one remote processor, for as long as the service guards it.
 */
struct announced {
	bool up;
	uint64_t up_since_ms; /* when it was first seen up; 0: it was up already */
	bool known;	      /* what it had the last time */
	char names[RPMSG_TTY_MAX][64];
	size_t n;
};

/* One step of a hold, for whoever keeps its timeline. */
struct hold_step {
	enum timeline_event event;
	const char *device; /* a node, or NULL */
	const char *text;
	int64_t senders;	     /* -1: not known */
	const struct holder *holder; /* the process that it is about, or NULL */
};

typedef void (*hold_step_fn)(const struct hold_step *step, void *arg);

struct hold {
	struct remoteproc rp;
	const struct rproc_config *config;
	struct kside *kside;  /* NULL below level "observe" */
	int caller;	      /* thread that waits for the answer, 0 for ourselves */
	char caller_comm[16]; /* "sh" */
	char caller_name[40]; /* "sh (pid 812)" */
	enum timeline_action action;
	char request[384]; /* the first line of the timeline: "stop requested by sh (pid 812)" */
	uint64_t requested_ms;
	uint64_t deadline_ms;
	uint64_t standstill_ms;	    /* of the service, as far as it is in the deadline */
	unsigned int optimizations; /* optimization_times() when this round began */
	uint64_t missed;	    /* kside_missed() then */
	unsigned int rounds_anew;   /* because of these */
	struct hold_tty ttys[RPMSG_TTY_MAX];
	size_t n_ttys;
	struct endpoints endpoints;
	struct present
		met; /* by the last look at all processes, if there was one since newcomers were kept out */
	bool looked;
	char look_ended[128];	/* the program that makes a look too long, as the log names it */
	struct present keepers; /* which of them the timeline was told of: keepers.c */
	struct reach reach;
	bool elsewhere; /* there are other /dev, see other_nodes.h */
	/*
	 * What it will announce when it has just been started, and when that was (0: long ago). May
	 * be set before hold_run(), and must not change until it has returned.
	 */
	const struct announced *announced;
	uint64_t up_since_ms;
	struct bound *bound;	 /* the same; which channels' drivers have been probed, or NULL */
	bool probes_given_up;	 /* one took too long to be waited for */
	uint64_t tty_generation; /* of the machine's ttys when they were listed */
	_Atomic enum hold_cancel cancelled; /* set by anyone to make hold_run() give up soon */
	uint64_t worker_since_ms;	    /* when the hold first waited for one; see workers.h */
	bool told_of_worker;
	bool told_of_unrecorded;
	bool met_somebody;	   /* a sender or a delivery inside, or a tty that was open */
	char reason[256];	   /* why it was refused or is unsafe */
	enum timeline_cause cause; /* the same, to decide with */
	hold_step_fn step_fn;	   /* may be set before hold_run(), which calls it in its thread */
	void *step_arg;

	pthread_mutex_t progress_lock; /* guards what follows */
	enum hold_state state;
	char waiting_for[192];
	enum timeline_cause waiting_cause; /* what it is when that is waited for in vain */
};

/* For a stop; @h->action and @h->request may be changed before hold_run(). */
void hold_begin(struct hold *h, const struct remoteproc *rp, const struct rproc_config *config,
		struct kside *kside, int caller);
enum hold_result hold_run(struct hold *h);

/* From any thread, or a signal handler, between hold_begin() and hold_end(). */
static inline void hold_cancel(struct hold *h, enum hold_cancel why)
{
	atomic_store(&h->cancelled, why);
}

/* @carried_out: the remote processor went down, so its gate stays closed until the next boot. */
void hold_end(struct hold *h, bool carried_out);

/* What a held caller waits for right now, e.g. "1 sender still inside: python (pid 812) in ...". */
enum hold_state hold_progress(struct hold *h, char *waiting_for, size_t len);
const char *hold_state_name(enum hold_state state);

/* To be called as often as can be, with whether it is up. */
void announced_look(struct announced *a, bool up);

/* @h has found every tty there is, and is not ended yet. */
void announced_remember(struct announced *a, const struct hold *h);

/* Whether a thread that ejects senders for a hold that has ended still uses the kernel side. */
bool hold_ejection_runs(void);

/* One line of the stop's timeline: "remoteproc0: +0.012 s  hung up /dev/ttyRPMSG30". */
#define hold_event(h, ...) hold_step(h, TL_NOTE, -1, __VA_ARGS__)

/* The same, for a step that has a name. */
void hold_step(const struct hold *h, enum timeline_event event, int64_t senders, const char *fmt,
	       ...) __attribute__((format(printf, 4, 5)));

#endif
