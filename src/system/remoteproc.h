/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Remote processors as sysfs shows them: /sys/class/remoteproc/remoteprocN.
 */
#ifndef RPMSG_GUARD_SYSTEM_REMOTEPROC_H
#define RPMSG_GUARD_SYSTEM_REMOTEPROC_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define REMOTEPROC_MAX 16

/* Mirrors enum rproc_state and its texts in drivers/remoteproc/remoteproc_sysfs.c. */
enum remoteproc_state {
	REMOTEPROC_OFFLINE,
	REMOTEPROC_SUSPENDED,
	REMOTEPROC_RUNNING,
	REMOTEPROC_CRASHED,
	REMOTEPROC_DELETED,
	REMOTEPROC_ATTACHED,
	REMOTEPROC_DETACHED,
	REMOTEPROC_UNKNOWN,
	REMOTEPROC_GONE, /* the sysfs entry has disappeared */
};

struct remoteproc {
	int index;	      /* N of remoteprocN, the kernel's rproc->index */
	char name[32];	      /* "remoteprocN" */
	char device_name[64]; /* rproc->name, what the driver calls it */
	char sysfs[PATH_MAX]; /* canonical path of its device, without a trailing slash */
};

/* Fills @out in order of index; returns how many there are, at most @max. */
size_t remoteproc_list(struct remoteproc *out, size_t max);

/*
 * Finds by "remoteprocN" or by the driver's name for it. Returns 0, -ENOENT, or -ENOTUNIQ when
 * several remote processors carry that driver's name.
 */
int remoteproc_find(const char *name, struct remoteproc *out);

enum remoteproc_state remoteproc_state(const struct remoteproc *rp);

/*
 * The same through a descriptor. Whoever guards the state file must not open it while it is marked:
 * it would wait for its own answer. remoteproc_open_state() returns a descriptor or negative errno.
 */
int remoteproc_open_state(const struct remoteproc *rp, bool write);
enum remoteproc_state remoteproc_read_state(int fd);

const char *remoteproc_state_name(enum remoteproc_state state);

/* Whether stopping it would tear down virtqueues. */
bool remoteproc_is_up(enum remoteproc_state state);

/* Writes "start", "stop" or "detach" to its state file; returns 0 or the kernel's negative errno. */
int remoteproc_command(const struct remoteproc *rp, const char *command);

/* Path of an attribute file of @rp; @path holds PATH_MAX bytes. */
void remoteproc_attr(const struct remoteproc *rp, const char *attr, char *path);

/* Whether the canonical sysfs path @path lies below the device of @rp. */
bool remoteproc_owns(const struct remoteproc *rp, const char *path);

#endif
