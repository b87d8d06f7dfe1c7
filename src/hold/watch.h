/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files that remote processors are brought down through, under fanotify permission marks:
 * whoever opens one for writing waits in the kernel for our answer. When the program dies the kernel
 * answers "allow" for it. They are "state" and "recovery" of each remote processor in sysfs, and
 * "unbind" of their drivers, which may serve several of them.
 *
 * /dev/remoteprocN cannot be watched like this: fanotify has no events for device nodes at all
 * ("Path type events are only relevant for files and dirs", fs/notify/fanotify/fanotify.c, since
 * 2.6.37; seen on 6.1). A mark on one is accepted and never fires.
 */
#ifndef RPMSG_GUARD_HOLD_WATCH_H
#define RPMSG_GUARD_HOLD_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "system/remoteproc.h"

struct watch;

enum watch_file { WATCH_STATE, WATCH_RECOVERY, WATCH_UNBIND };

struct watch_event {
	enum { WATCH_OPEN, WATCH_CLOSED, WATCH_OVERFLOW, WATCH_UNNAMED, WATCH_SYSFS_GONE } kind;
	enum watch_file file;
	int target;	  /* names the file to watch_held_open() */
	const char *path; /* of the file; only as long as the event is being handled */
	int index;	  /* N of remoteprocN, -1 with WATCH_UNBIND */
	int tid;	  /* WATCH_OPEN: the thread that waits */
	int answer;	  /* WATCH_OPEN: to be handed to watch_answer() exactly once */
	bool written;	  /* WATCH_CLOSED, WATCH_RECOVERY: somebody wrote since the last open */
};

/*
 * WATCH_UNNAMED: somebody whom this pid namespace does not have opens a file, and was refused: who it
 * is cannot be told, nor what he wants. Comes only when watch_open() was called in a pid namespace of a
 * container.
 */
typedef void (*watch_fn)(const struct watch_event *event, void *arg);

/* Returns 0, or a negative errno with one line of reason and remedy in @reason. */
int watch_open(struct watch **out, char *reason, size_t len);
void watch_close(struct watch *watch);

/* Starts and ends watching one remote processor. watch_add() again is harmless. */
int watch_add(struct watch *watch, const struct remoteproc *rp);
void watch_remove(struct watch *watch, int index);

/* Watches the "unbind" files at the @n @paths, and no others any more. */
void watch_unbinds(struct watch *watch, const char *const paths[], size_t n);

/*
 * Watches the same files in another superblock of sysfs as well: @root is its root, opened with
 * O_PATH, @fs its device number; from any thread. When the superblock goes WATCH_SYSFS_GONE tells of it, as another
 * may have got the same number.
 */
void watch_add_sysfs(struct watch *watch, int root, dev_t fs);

/* A descriptor to poll, and the call that hands over what has happened. */
int watch_fd(const struct watch *watch);
void watch_dispatch(struct watch *watch, watch_fn fn, void *arg);

/* While it needs that, now and then: looks after those of whom it is not known yet whether they write. */
bool watch_needs_tending(const struct watch *watch);
void watch_tend(struct watch *watch);

/*
 * From any thread: lets the opener go on, or fail with EBUSY (6.14; before with EPERM); returns false when it
 * has gone in the meantime.
 */
bool watch_answer(struct watch *watch, int answer, bool allow);

/* From any thread: whether thread @tid still has the file that an event called @target open. */
bool watch_held_open(struct watch *watch, int target, int tid);

#endif
