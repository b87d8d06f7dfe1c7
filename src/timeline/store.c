// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue of each episode, and the thread that writes. The thread takes the lock only to get at the
 * queue, so that no thread that adds a line waits while this one waits for the disk (store_file.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log/log.h"
#include "system/files.h"
#include "timeline/store_private.h"

/* Lines of one episode that wait for the disk. */
#define PENDING_MAX (1 << 20)
#define CLOSE_MS 2000
#define STACK_SIZE (256 * 1024)

static void free_item(struct item *item)
{
	free(item->line);
	free(item);
}

/* ---- the thread ---- */

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
		free_item(item);
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
		free_item(job);
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

/* Returns 0 or a negative errno. */
static int start_writer(struct store *s)
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

/* ---- for all other threads ---- */

static void free_store(struct store *s)
{
	if (s->pmsg >= 0)
		close(s->pmsg);
	store_dir_free(&s->known);
	free(s->dir);
	free(s);
}

struct store *store_open(const struct store_settings *settings)
{
	struct store *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->settings = *settings;
	STAILQ_INIT(&s->files);
	s->pmsg = open(settings->pmsg ? settings->pmsg : "/dev/pmsg0", O_WRONLY | O_CLOEXEC);
	s->dir = strdup(settings->dir);
	if (s->dir) {
		store_dir_read(&s->known, s->dir);
		s->next_number = store_dir_next_number(&s->known);
	}
	if (s->dir && start_writer(s) == 0)
		return s;
	free_store(s);
	return NULL;
}

/* Under the lock, for something to get done; false when it is too late for that. */
static bool wait_on(struct store *s, uint64_t deadline_ns)
{
	const struct timespec until = { .tv_sec = (time_t)(deadline_ns / 1000000000ULL),
					.tv_nsec = (long)(deadline_ns % 1000000000ULL) };

	return pthread_cond_timedwait(&s->progress, &s->lock, &until) != ETIMEDOUT;
}

void store_close(struct store *s)
{
	const uint64_t deadline_ns = clock_ns() + CLOSE_MS * 1000000ULL;
	struct store_file *f;
	bool ended;

	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	/* Cut off, as if we had died: nobody can say how it ended. */
	for (f = STAILQ_FIRST(&s->files); f; f = STAILQ_NEXT(f, link))
		f->ended = true;
	s->closing = true;
	pthread_cond_broadcast(&s->work);
	while (!s->ended && wait_on(s, deadline_ns))
		;
	ended = s->ended;
	if (!ended) {
		s->abandoned = true;
		/* A job takes no disk, so this comes soon. */
		while (s->in_job)
			pthread_cond_wait(&s->progress, &s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	if (!ended) {
		log_warning("%s is too slow: episodes stay incomplete", s->dir);
		return; /* with everything that the thread still uses */
	}
	pthread_join(s->writer, NULL);
	free_store(s);
}

struct store_file *store_begin(struct store *s, const char *rproc, const struct timespec *at)
{
	struct store_file *f = calloc(1, sizeof(*f));
	char when[24];
	struct tm tm;

	if (!f)
		return NULL;
	f->store = s;
	f->fd = -1;
	STAILQ_INIT(&f->items);
	gmtime_r(&at->tv_sec, &tm);
	strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &tm);
	pthread_mutex_lock(&s->lock);
	snprintf(f->id, sizeof(f->id), "%s-%.32s-%lu", when, rproc, s->next_number++);
	STAILQ_INSERT_TAIL(&s->files, f, link);
	/* Without memory it is written all the same, and found when the directory is read again. */
	store_dir_add(&s->known, f->id);
	pthread_mutex_unlock(&s->lock);
	return f;
}

const char *store_id(const struct store_file *f)
{
	return f->id;
}

static void put(struct store_file *f, struct item *item)
{
	STAILQ_INSERT_TAIL(&f->items, item, link);
	f->asked++;
	pthread_cond_signal(&f->store->work);
}

/* Half of all that may be there is enough for the sends of one episode. */
static bool has_room(const struct store_file *f, size_t len, enum store_kind kind)
{
	if (kind == STORE_SEND && f->bytes + len > f->store->settings.size / 2)
		return false;
	return f->pending + len <= PENDING_MAX;
}

bool store_add(struct store_file *f, char *line, enum store_kind kind)
{
	const size_t len = line ? strlen(line) : 0;
	struct item *item = line ? calloc(1, sizeof(*item)) : NULL;
	bool taken;

	if (!item) {
		free(line);
		return false;
	}
	item->line = line;
	item->kind = kind;
	pthread_mutex_lock(&f->store->lock);
	taken = has_room(f, len, kind);
	if (taken) {
		f->pending += len;
		f->bytes += len;
		put(f, item);
	}
	pthread_mutex_unlock(&f->store->lock);
	if (!taken)
		free_item(item);
	return taken;
}

bool store_later(struct store_file *f, store_job_fn fn, void *arg)
{
	struct item *item = calloc(1, sizeof(*item));

	if (!item)
		return false;
	item->fn = fn;
	item->arg = arg;
	pthread_mutex_lock(&f->store->lock);
	put(f, item);
	pthread_mutex_unlock(&f->store->lock);
	return true;
}

void store_flush(struct store_file *f, unsigned int ms)
{
	const uint64_t deadline_ns = clock_ns() + ms * 1000000ULL;
	uint64_t asked;

	pthread_mutex_lock(&f->store->lock);
	asked = f->asked;
	while (f->done < asked && wait_on(f->store, deadline_ns))
		;
	pthread_mutex_unlock(&f->store->lock);
}

void store_end(struct store_file *f, const char *result, uint64_t t_ns, store_job_fn last,
	       void *arg)
{
	struct store_entry *entry;

	pthread_mutex_lock(&f->store->lock);
	f->last = last;
	f->last_arg = arg;
	f->ended = true;
	f->ended_ns = t_ns;
	entry = store_dir_find(&f->store->known, f->id);
	if (entry)
		snprintf(entry->result, sizeof(entry->result), "%s", result);
	pthread_cond_signal(&f->store->work);
	pthread_mutex_unlock(&f->store->lock);
}

size_t store_list(struct store *s, struct store_entry *out, size_t max)
{
	size_t n = 0;

	pthread_mutex_lock(&s->lock);
	while (n < max && n < s->known.n) {
		out[n] = s->known.entries[s->known.n - 1 - n];
		n++;
	}
	pthread_mutex_unlock(&s->lock);
	return n;
}
