/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the store share and nobody else sees: the queue of each episode with its lock
 * (store.c), and what the writer's thread, the only one that waits for the disk, has of its file
 * (store_file.c).
 */
#ifndef RPMSG_GUARD_TIMELINE_STORE_PRIVATE_H
#define RPMSG_GUARD_TIMELINE_STORE_PRIVATE_H

#include <pthread.h>
#include <sys/queue.h>

#include "timeline/store.h"

/* A line, or a job that makes some. */
struct item {
	STAILQ_ENTRY(item) link;
	char *line;
	enum store_kind kind;
	store_job_fn fn;
	void *arg;
};

STAILQ_HEAD(items, item);

struct store_file {
	STAILQ_ENTRY(store_file) link;
	struct store *store;
	char id[EPISODE_ID_MAX];

	/* Under the lock of the store. */
	struct items items;
	size_t pending;	      /* bytes of lines among them */
	uint64_t asked, done; /* numbers of items */
	uint64_t bytes;	      /* taken altogether */
	bool ended;
	store_job_fn last;
	void *last_arg;
	uint64_t ended_ns;

	/* Of the writer. */
	int fd;
	bool failed;
	uint64_t written;
};

struct store {
	struct store_settings settings;
	char *dir;
	pthread_t writer;
	pthread_mutex_t lock; /* of all that follows and of what the files have */
	pthread_cond_t work, progress;
	STAILQ_HEAD(store_files, store_file) files;
	struct store_dir known;
	unsigned long next_number;
	bool closing;	/* the writer ends when it has done everything */
	bool abandoned; /* the writer was too slow: it must not call anybody any more */
	bool in_job;
	bool ended;

	/* Of the writer. */
	int pmsg;
	bool warned;
};

/* For the writer: whole lines, to the disk. What cannot be written is said once. */
void store_file_write(struct store_file *f, const char *text, size_t len);

/* For the writer: the last one; frees the file. */
void store_file_close(struct store_file *f);

#endif
