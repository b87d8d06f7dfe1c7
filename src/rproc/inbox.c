// SPDX-License-Identifier: GPL-2.0-only
/* A list under a lock, and a condition that its thread waits for. */
#include "rproc/inbox.h"

#include <string.h>
#include <time.h>

#include "system/files.h"

void inbox_begin(struct inbox *b)
{
	pthread_condattr_t attr;

	memset(b, 0, sizeof(*b));
	pthread_mutex_init(&b->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&b->changed, &attr);
	pthread_condattr_destroy(&attr);
}

void inbox_end(struct inbox *b)
{
	pthread_cond_destroy(&b->changed);
	pthread_mutex_destroy(&b->lock);
}

static void tell(struct inbox *b)
{
	b->news = true;
	pthread_cond_signal(&b->changed);
}

void inbox_poke(struct inbox *b)
{
	pthread_mutex_lock(&b->lock);
	tell(b);
	pthread_mutex_unlock(&b->lock);
}

static bool insert(struct inbox *b, const struct caller *c, size_t at)
{
	if (b->n == CALLERS_MAX)
		return false;
	memmove(&b->callers[at + 1], &b->callers[at], (b->n++ - at) * sizeof(*c));
	b->callers[at] = *c;
	tell(b);
	return true;
}

bool inbox_post(struct inbox *b, const struct caller *c)
{
	bool room;

	/* The last place is kept for inbox_put_back(). */
	pthread_mutex_lock(&b->lock);
	room = b->n + 1 < CALLERS_MAX && insert(b, c, b->n);
	pthread_mutex_unlock(&b->lock);
	return room;
}

void inbox_put_back(struct inbox *b, const struct caller *c)
{
	pthread_mutex_lock(&b->lock);
	insert(b, c, 0);
	pthread_mutex_unlock(&b->lock);
}

void inbox_post_parked(struct inbox *b, const struct parked *p)
{
	size_t i = 0;

	pthread_mutex_lock(&b->lock);
	while (i < b->n_parked && b->parked[i].key != p->key)
		i++;
	if (i == b->n_parked && i < CALLERS_MAX)
		b->parked[b->n_parked++] = *p;
	tell(b);
	pthread_mutex_unlock(&b->lock);
}

void inbox_post_closed(struct inbox *b, int target)
{
	pthread_mutex_lock(&b->lock);
	if (b->open_target == target && b->open_descriptors > 0)
		b->open_descriptors--;
	tell(b);
	pthread_mutex_unlock(&b->lock);
}

void inbox_post_crash(struct inbox *b)
{
	pthread_mutex_lock(&b->lock);
	b->crash_reported_ms = clock_ms();
	tell(b);
	pthread_mutex_unlock(&b->lock);
}

void inbox_post_end(struct inbox *b)
{
	pthread_mutex_lock(&b->lock);
	b->ends = true;
	tell(b);
	pthread_mutex_unlock(&b->lock);
}

bool inbox_ends(struct inbox *b)
{
	bool ends;

	pthread_mutex_lock(&b->lock);
	ends = b->ends;
	pthread_mutex_unlock(&b->lock);
	return ends;
}

bool inbox_first(struct inbox *b, struct caller *out)
{
	bool any;

	pthread_mutex_lock(&b->lock);
	any = b->n > 0;
	if (any)
		*out = b->callers[0];
	pthread_mutex_unlock(&b->lock);
	return any;
}

static void take(struct inbox *b, size_t at, struct caller *out)
{
	*out = b->callers[at];
	memmove(&b->callers[at], &b->callers[at + 1], (--b->n - at) * sizeof(*out));
}

bool inbox_take(struct inbox *b, struct caller *out)
{
	bool any;

	pthread_mutex_lock(&b->lock);
	any = b->n > 0;
	if (any)
		take(b, 0, out);
	pthread_mutex_unlock(&b->lock);
	return any;
}

/* The place of the caller, or CALLERS_MAX. */
static size_t find(const struct inbox *b, int tid, enum watch_file file)
{
	for (size_t i = 0; i < b->n; i++)
		if (!b->callers[i].unbind && b->callers[i].tid == tid && b->callers[i].file == file)
			return i;
	return CALLERS_MAX;
}

bool inbox_opens_again(struct inbox *b, int tid, enum watch_file file)
{
	bool found;

	pthread_mutex_lock(&b->lock);
	found = find(b, tid, file) < CALLERS_MAX;
	pthread_mutex_unlock(&b->lock);
	return found;
}

bool inbox_take_again(struct inbox *b, int tid, enum watch_file file, struct caller *out)
{
	size_t at;

	pthread_mutex_lock(&b->lock);
	at = find(b, tid, file);
	if (at < CALLERS_MAX)
		take(b, at, out);
	pthread_mutex_unlock(&b->lock);
	return at < CALLERS_MAX;
}

size_t inbox_take_parked(struct inbox *b, struct parked *out)
{
	size_t n;

	pthread_mutex_lock(&b->lock);
	n = b->n_parked;
	memcpy(out, b->parked, n * sizeof(*out));
	b->n_parked = 0;
	pthread_mutex_unlock(&b->lock);
	return n;
}

void inbox_count_open(struct inbox *b, int target, bool more)
{
	pthread_mutex_lock(&b->lock);
	b->open_target = target;
	b->open_descriptors = more ? b->open_descriptors + 1 : 1;
	pthread_mutex_unlock(&b->lock);
}

void inbox_forget_open(struct inbox *b)
{
	pthread_mutex_lock(&b->lock);
	b->open_descriptors = 0;
	pthread_mutex_unlock(&b->lock);
}

bool inbox_all_closed(struct inbox *b)
{
	bool closed;

	pthread_mutex_lock(&b->lock);
	closed = b->open_descriptors == 0;
	pthread_mutex_unlock(&b->lock);
	return closed;
}

uint64_t inbox_crash_reported(struct inbox *b)
{
	uint64_t ms;

	pthread_mutex_lock(&b->lock);
	ms = b->crash_reported_ms;
	pthread_mutex_unlock(&b->lock);
	return ms;
}

void inbox_forget_crash(struct inbox *b)
{
	pthread_mutex_lock(&b->lock);
	b->crash_reported_ms = 0;
	pthread_mutex_unlock(&b->lock);
}

bool inbox_wait(struct inbox *b, unsigned int ms)
{
	const struct timespec until = clock_in_ms(CLOCK_MONOTONIC, ms);
	bool news;
	int err = 0;

	pthread_mutex_lock(&b->lock);
	while (!b->news && !err)
		err = pthread_cond_timedwait(&b->changed, &b->lock, &until);
	news = b->news;
	b->news = false;
	pthread_mutex_unlock(&b->lock);
	return news;
}
