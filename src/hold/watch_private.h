/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of watch.h share: which files are marked, and by what their events are told apart.
 */
#ifndef RPMSG_GUARD_HOLD_WATCH_PRIVATE_H
#define RPMSG_GUARD_HOLD_WATCH_PRIVATE_H

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "hold/opens.h"
#include "hold/undecided.h"
#include "hold/watch.h"

/* "state" and twice "recovery" of each remote processor, and at most two drivers' "unbind". */
#define TARGETS_MAX (5 * REMOTEPROC_MAX)

#define DEBUGFS "/sys/kernel/debug/"

/* One marked file. */
struct target {
	bool used;
	enum watch_file file;
	int index;
	bool written; /* since the last open, by anybody */
	int path_fd;  /* of the very file: the path may lead to another one by now */
	int inotify_wd;
	dev_t fs;
	ino_t inode;
	char path[PATH_MAX];
};

/*
 * The same file in another superblock of sysfs (see other_sysfs.h). The mark goes with the
 * superblock or with our descriptor.
 */
struct twin {
	bool used;
	int target; /* of which file, an index of targets[] */
	int inotify_wd;
	dev_t fs;
};

/* All files of four containers with a sysfs of their own when there are as many remote processors. */
#define TWINS_MAX (4 * TARGETS_MAX)

struct watch {
	int epoll_fd;
	struct opens reading, writing; /* the second is for "unbind" */
	int inotify_fd; /* closes: unlike fanotify it does not open the file to tell of it */
	struct undecided *undecided;
	atomic_bool paused; /* opens are not listened to */
	/*
	 * The event loop adds and removes targets, another thread adds twins (other_sysfs.h), and the
	 * threads of remote processors look at both. Held for one file at a time.
	 */
	pthread_mutex_t lock;
	struct target targets[TARGETS_MAX];
	struct twin twins[TWINS_MAX];
};

/*
 * So many opens wait for a look that no more are taken: their descriptors stay readable, and the event loop
 * would run in circles. It goes on when there is room; any thread may find that there is.
 */
void watch_pause(struct watch *w);
void watch_go_on(struct watch *w);

/* Whether the file is in debugfs, which has one superblock; files of sysfs may have twins. */
bool target_is_in_debugfs(const struct target *t);

#endif
