// SPDX-License-Identifier: GPL-2.0-only
#include "timeline/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log/log.h"
#include "system/files.h"
#include "timeline/store_private.h"

/* Lines of one episode that wait for the disk. */
#define PENDING_MAX (1 << 20)
#define CLOSE_MS 2000

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
	if (s->dir && store_start_writer(s) == 0)
		return s;
	free_store(s);
	return NULL;
}

/* Under the lock; false when it was not so in time. */
static bool wait_until(struct store *s, const bool *flag, bool value, uint64_t deadline_ns)
{
	const struct timespec until = { .tv_sec = (time_t)(deadline_ns / 1000000000ULL),
					.tv_nsec = (long)(deadline_ns % 1000000000ULL) };

	while (*flag != value)
		if (pthread_cond_timedwait(&s->progress, &s->lock, &until) == ETIMEDOUT)
			return *flag == value;
	return true;
}

void store_close(struct store *s)
{
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
	ended = wait_until(s, &s->ended, true, clock_ns() + CLOSE_MS * 1000000ULL);
	if (!ended) {
		s->abandoned = true;
		/* A job takes no disk, so this comes soon. */
		while (s->in_job)
			pthread_cond_wait(&s->progress, &s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	if (!ended) {
		log_warning("%s is too slow: episodes are left unfinished", s->dir);
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

static struct item *new_item(void)
{
	return calloc(1, sizeof(struct item));
}

void store_free_item(struct item *item)
{
	free(item->line);
	free(item);
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
	struct item *item = line ? new_item() : NULL;
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
		store_free_item(item);
	return taken;
}

bool store_later(struct store_file *f, store_job_fn fn, void *arg)
{
	struct item *item = new_item();

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
	const struct timespec until = { .tv_sec = (time_t)(deadline_ns / 1000000000ULL),
					.tv_nsec = (long)(deadline_ns % 1000000000ULL) };
	uint64_t asked;

	pthread_mutex_lock(&f->store->lock);
	asked = f->asked;
	while (f->done < asked)
		if (pthread_cond_timedwait(&f->store->progress, &f->store->lock, &until) ==
		    ETIMEDOUT)
			break;
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
