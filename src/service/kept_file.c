// SPDX-License-Identifier: GPL-2.0-only
/* A letter box with room for one: who puts the next one in takes the last one out. */
#include "service/kept_file.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log/log.h"
#include "system/files.h"

/* How long the end waits for a write and the removal. */
#define LAST_MS 1000

/* Never freed: the thread may be stuck in a disk when the service ends. */
struct kept_file {
	char *path;
	unsigned int pause_ms;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	char *newest; /* to be written, or NULL */
	bool remove_old, open_for_more;
	bool removed; /* at the end: the thread uses its disk no more */
	bool told;    /* of a write that failed; the thread's own */
};

static void pause_between(struct kept_file *f)
{
	const struct timespec until = clock_in_ms(CLOCK_MONOTONIC, f->pause_ms);
	int err = 0;

	while (f->pause_ms && f->open_for_more && !err)
		err = pthread_cond_timedwait(&f->changed, &f->lock, &until);
}

static void write_text(struct kept_file *f, const char *text)
{
	const int err = file_replace(f->path, text);

	if (err && !f->told)
		log_warning("%s cannot be written: %s (this is logged only once)", f->path,
			    strerror(-err));
	f->told |= err != 0;
}

/* Until the end; with the lock, but for the time of a write. */
static void write_newest(struct kept_file *f)
{
	char *text;

	while (f->open_for_more) {
		if (!f->newest) {
			pthread_cond_wait(&f->changed, &f->lock);
			continue;
		}
		text = f->newest;
		f->newest = NULL;
		pthread_mutex_unlock(&f->lock);
		write_text(f, text);
		free(text);
		pthread_mutex_lock(&f->lock);
		pause_between(f);
	}
}

/* All that may wait for a disk, removals as well. */
static void *keep(void *arg)
{
	struct kept_file *f = arg;

	if (f->remove_old)
		unlink(f->path);
	pthread_mutex_lock(&f->lock);
	write_newest(f);
	pthread_mutex_unlock(&f->lock);
	unlink(f->path);
	pthread_mutex_lock(&f->lock);
	f->removed = true;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

static void prepare(struct kept_file *f)
{
	pthread_condattr_t clock;

	pthread_mutex_init(&f->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&f->changed, &clock);
	pthread_condattr_destroy(&clock);
}

struct kept_file *kept_file_begin(const char *path, unsigned int pause_ms, bool remove_old)
{
	struct kept_file *f = calloc(1, sizeof(*f));
	pthread_attr_t attr;
	pthread_t thread;
	int err = ENOMEM;

	if (f)
		f->path = strdup(path);
	if (f && f->path) {
		f->pause_ms = pause_ms;
		f->remove_old = remove_old;
		f->open_for_more = true;
		prepare(f);
		pthread_attr_init(&attr);
		pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
		err = pthread_create(&thread, &attr, keep, f);
		pthread_attr_destroy(&attr);
	}
	if (!err)
		return f;
	if (f)
		free(f->path);
	free(f);
	log_warning("%s is not written: no thread: %s", path, strerror(err));
	return NULL;
}

void kept_file_put(struct kept_file *f, const char *text)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	free(f->newest);
	f->newest = strdup(text);
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
}

void kept_file_end(struct kept_file *f)
{
	const struct timespec until = clock_in_ms(CLOCK_MONOTONIC, LAST_MS);
	int err = 0;

	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->open_for_more = false;
	free(f->newest);
	f->newest = NULL;
	pthread_cond_broadcast(&f->changed);
	while (!f->removed && !err)
		err = pthread_cond_timedwait(&f->changed, &f->lock, &until);
	pthread_mutex_unlock(&f->lock);
}
