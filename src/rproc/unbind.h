/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Unbinding a driver, through sysfs or by the removal of its module. One "unbind" file serves all
 * devices of a driver, and which of them is meant is written only after the open: so every remote
 * processor that is up and hangs on the driver is held, and the open is answered when all are safe. Then
 * the ones whose virtqueues went are down, and the others go on. The removal of a module does the same to
 * all devices of its drivers; its caller is parked (bpf/removal.bpf.h).
 *
 * The event loop posts such an open to the threads of all remote processors that it concerns, under one
 * lock: so two of them lie in the same order in every inbox, and no two threads wait for each other.
 * Each thread takes part; the part that completes the set answers the open. A remote processor that is
 * down takes part, too: started meanwhile it may hang on the driver.
 */
#ifndef RPMSG_GUARD_RPROC_UNBIND_H
#define RPMSG_GUARD_RPROC_UNBIND_H

#include "kernel_side/removals.h"
#include "rproc/rproc.h"

#define UNBINDS_MAX 8

enum part {
	PART_NONE,  /* not concerned, or has left */
	PART_ASKED, /* its thread has not come to it yet, or holds */
	PART_DOWN,  /* nothing to be held, or not any more; and nobody may start it meanwhile */
	PART_SAFE,  /* its hold is complete, and not accounted for yet */
};

enum verdict {
	VERDICT_NONE, /* not yet */
	VERDICT_LET_GO,
	VERDICT_REFUSED,
};

struct unbinds;

/*
 * One open of an "unbind" file, or one removal of a module. All is under the lock of @all, but for what
 * never changes.
 */
struct unbind {
	struct unbinds *all;
	bool used;
	unsigned int number; /* older ones have smaller ones */
	enum verdict verdict;
	int tid;
	bool is_removal;
	int answer, target;	    /* of an open */
	struct removal removal;	    /* of a removal */
	char path[UNBIND_PATH_MAX]; /* of the file; of a module its name */
	uint64_t asked_ms, let_go_ms;
	uint64_t patience_ms;	   /* how long the holds may take together */
	uint64_t write_timeout_ms; /* how long it may run without a sleep while it writes */
	struct rproc *rprocs[REMOTEPROC_MAX];
	enum part parts[REMOTEPROC_MAX];
};

struct unbinds {
	pthread_mutex_t lock;
	struct watch *watch;
	struct kside *kside;
	unsigned int posted;
	struct unbind list[UNBINDS_MAX];
};

/* For the event loop. */

void unbinds_begin(struct unbinds *all, struct watch *watch, struct kside *kside);
void unbinds_end(struct unbinds *all);

/* An open of an "unbind" file; @rprocs are all there are. */
void unbinds_post(struct unbinds *all, const struct watch_event *event, struct rproc *rprocs,
		  uint64_t write_timeout_ms);

/* The removal of a module: the same for a parked caller. */
void unbinds_post_removal(struct unbinds *all, const struct removal *removal, struct rproc *rprocs,
			  uint64_t write_timeout_ms);

/* @r is new: it may come to hang on a driver that somebody waits to unbind. */
void unbinds_join(struct unbinds *all, struct rproc *r);

/* Now and then: refuses those that wait too long, and those who have died. */
void unbinds_look(struct unbinds *all);

/* Whether any waits, or is being carried out. */
bool unbinds_busy(struct unbinds *all);

/* For the threads. */

void unbind_say(struct unbind *u, const struct rproc *r, enum part part);
enum verdict unbind_verdict(struct unbind *u);

/* One part is not safe, for @reason: then all are refused. */
void unbind_refuse(struct unbind *u, const char *name, const char *reason);

/* Whether @r, which is up, hangs on the driver. */
bool unbind_concerns(const struct unbind *u, const struct rproc *r);

/*
 * Whether the caller is in the call that it was let go for, or may still make it: its unused pass ends with
 * this question when it is dead or late.
 */
bool unbind_is_called(struct unbind *u);

/* Whether it was let go, and the driver may still be taken off what another part has held. */
bool unbind_is_going_on(struct unbind *u, struct rproc *r);

/* @r has nothing to do with it any more; the last one to say so must not use @u afterwards. */
void unbind_leave(struct unbind *u, const struct rproc *r);

#endif
