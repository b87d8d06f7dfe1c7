// SPDX-License-Identifier: GPL-2.0-only
/*
 * The thread that writes. It takes the lock only to get at the queue, so that nobody who adds a
 * line waits while it waits for the disk.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log/log.h"
#include "timeline/store_private.h"

#define STACK_SIZE (256 * 1024)

/* One write is one record there. */
static void copy_line(const struct store_file *f, const char *line)
{
	char *text;
	int len;

	if (f->store->pmsg < 0)
		return;
	len = asprintf(&text, "rpmsg-guard %s %s", f->id, line);
	if (len < 0)
		return;
	if (write(f->store->pmsg, text, (size_t)len) < 0)
		log_debug("pmsg: %s", strerror(errno));
	free(text);
}

/* The memory goes first: it is fast, and survives a panic that the disk may not be told of. */
static void write_lines(struct store_file *f, struct items *lines)
{
	struct item *item;
	char *text = NULL;
	size_t len = 0;
	FILE *all = open_memstream(&text, &len);

	while ((item = STAILQ_FIRST(lines))) {
		STAILQ_REMOVE_HEAD(lines, link);
		if (item->kind == STORE_LINE)
			copy_line(f, item->line);
		if (all)
			fputs(item->line, all);
		store_free_item(item);
	}
	if (!all)
		return;
	if (fclose(all) == 0 && !f->failed)
		store_file_write(f, text, len);
	free(text);
}

/* The lines at the head of the queue, up to the first job; returns how many. Under the lock. */
static size_t take_lines(struct store_file *f, struct items *lines)
{
	struct item *item;
	size_t n = 0;

	STAILQ_INIT(lines);
	while ((item = STAILQ_FIRST(&f->items)) && item->line) {
		STAILQ_REMOVE_HEAD(&f->items, link);
		STAILQ_INSERT_TAIL(lines, item, link);
		f->pending -= strlen(item->line);
		n++;
	}
	return n;
}

static void run_job(struct store_file *f, store_job_fn fn, void *arg)
{
	struct store *s = f->store;

	if (s->abandoned)
		return;
	s->in_job = true;
	pthread_mutex_unlock(&s->lock);
	fn(f, arg);
	pthread_mutex_lock(&s->lock);
	s->in_job = false;
	pthread_cond_broadcast(&s->progress);
}

/* Under the lock, which is given up in between. The file may be gone afterwards. */
static void work_on(struct store_file *f)
{
	struct store *s = f->store;
	struct store_entry *entry;
	struct items lines;
	struct item *job;
	const size_t n = take_lines(f, &lines);

	job = STAILQ_FIRST(&f->items);
	if (!STAILQ_EMPTY(&lines)) {
		pthread_mutex_unlock(&s->lock);
		write_lines(f, &lines);
		pthread_mutex_lock(&s->lock);
		entry = store_dir_find(&s->known, f->id);
		if (entry)
			entry->bytes = f->written;
		f->done += n;
	} else if (job) {
		STAILQ_REMOVE_HEAD(&f->items, link);
		run_job(f, job->fn, job->arg);
		store_free_item(job);
		f->done++;
	} else if (f->last) {
		store_job_fn last = f->last;

		f->last = NULL;
		run_job(f, last, f->last_arg);
	} else {
		STAILQ_REMOVE(&s->files, f, store_file, link);
		pthread_mutex_unlock(&s->lock);
		store_file_close(f);
		pthread_mutex_lock(&s->lock);
		return;
	}
	pthread_cond_broadcast(&s->progress);
}

static struct store_file *find_work(struct store *s)
{
	struct store_file *f;

	for (f = STAILQ_FIRST(&s->files); f; f = STAILQ_NEXT(f, link))
		if (!STAILQ_EMPTY(&f->items) || f->ended)
			return f;
	return NULL;
}

static void *write_all_files(void *arg)
{
	struct store *s = arg;
	struct store_file *f;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		f = find_work(s);
		if (f)
			work_on(f);
		else if (s->closing)
			break;
		else
			pthread_cond_wait(&s->work, &s->lock);
	}
	s->ended = true;
	pthread_cond_broadcast(&s->progress);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

int store_start_writer(struct store *s)
{
	pthread_condattr_t clock;
	pthread_attr_t attr;
	int err;

	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&s->work, &clock);
	pthread_cond_init(&s->progress, &clock);
	pthread_condattr_destroy(&clock);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	err = pthread_create(&s->writer, &attr, write_all_files, s);
	pthread_attr_destroy(&attr);
	return -err;
}
