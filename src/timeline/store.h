/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing episode files. Lines are taken in memory and written by a thread of the store, so that
 * nobody who has something to say waits for a disk; store_flush() is for those who want to wait a
 * little. A disk that is full or read-only costs the episode and one line of the log.
 */
#ifndef RPMSG_GUARD_TIMELINE_STORE_H
#define RPMSG_GUARD_TIMELINE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "timeline/store_dir.h"

struct store;
struct store_file;

struct store_settings {
	const char *dir;
	const char *pmsg; /* takes copies; NULL: /dev/pmsg0, where there is one */
	size_t max;	  /* episodes that are kept */
	uint64_t size;	  /* bytes that they may have together */
};

enum store_kind {
	STORE_LINE,
	STORE_SEND, /* one of many: no copy, and left out first when there is no room */
};

/* Returns NULL without memory or a thread. */
struct store *store_open(const struct store_settings *settings);

/* Writes what is left, for two seconds at most, and ends. No file may be used afterwards. */
void store_close(struct store *s);

/* Begins a file; NULL without memory. @at is the wall clock. */
struct store_file *store_begin(struct store *s, const char *rproc, const struct timespec *at);
const char *store_id(const struct store_file *f);

/* Takes @line, which is freed; false when it was left out for want of room or memory. */
bool store_add(struct store_file *f, char *line, enum store_kind kind);

/*
 * Has the store's thread call @fn, which may add lines, after what was added before. False without
 * memory: it is not called then.
 */
typedef void (*store_job_fn)(struct store_file *f, void *arg);
bool store_later(struct store_file *f, store_job_fn fn, void *arg);

/*
 * Waits until the lines are on the disk and the jobs were called that were asked for, but not for the
 * lines of those jobs; or @ms milliseconds.
 */
void store_flush(struct store_file *f, unsigned int ms);

/*
 * The episode is over, since @t_ns of CLOCK_MONOTONIC. @last is a job as above or NULL; store_close()
 * calls it no more once it has given up on a slow disk. The file must not be used any more but by
 * that job.
 */
void store_end(struct store_file *f, const char *result, uint64_t t_ns, store_job_fn last,
	       void *arg);

/* The newest ones first; returns how many of at most @max. */
size_t store_list(struct store *s, struct store_entry *out, size_t max);

#endif
