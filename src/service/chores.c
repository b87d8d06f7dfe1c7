// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads that do what they are asked for, once for as many requests as have come meanwhile. The one that forgets
 * senders looks at tasks, and may wait for an execve() of theirs: modules must be hooked all the same.
 */
#include "service/chores.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "hold/other_nodes.h"
#include "log/log.h"
#include "service/shortage.h"
#include "system/files.h"

/* How long the end of the service waits for probes that are being attached or detached. */
#define LAST_CHORE_MS 10000

/* What has failed, or is left to be done, is tried again. */
#define AGAIN_MS 1000

struct chores {
	struct kside *kside;
	int wake_fd;
	pthread_t thread, tender;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool asked, records, ends;
	bool failed; /* the last refresh of the kernel side, said once; the thread's own */
};

static void refresh(struct chores *c)
{
	const bool current = !c->kside || kside_is_current(c->kside);
	char reason[256];
	const int err = c->kside ? kside_refresh(c->kside, reason, sizeof(reason)) : 0;

	/* When it does not fit, the service begins again and says why. */
	if (err && !c->failed && kside_fits())
		log_as(LOG_INCOMPLETE, LVL_WARNING, "the kernel side is incomplete: %s", reason);
	c->failed = err != 0;
	if (c->kside && !kside_fits() && write(c->wake_fd, &(uint64_t){ 1 }, 8) < 0)
		log_debug("the event loop is awake already");
	/* Attaching took megabytes for the kernel's BTF. */
	if (!current)
		memory_give_back();
}

/* Waits for a request, and takes it; for @again_ms at most, unless that is 0. False at the end. */
static bool next(struct chores *c, bool *what, unsigned int again_ms)
{
	const struct timespec until = clock_in_ms(CLOCK_MONOTONIC, again_ms);
	bool goes_on, timed_out = false;

	pthread_mutex_lock(&c->lock);
	while (!*what && !c->ends && !timed_out) {
		if (again_ms)
			timed_out = pthread_cond_timedwait(&c->changed, &c->lock, &until);
		else
			pthread_cond_wait(&c->changed, &c->lock);
	}
	goes_on = !c->ends;
	*what = false;
	pthread_mutex_unlock(&c->lock);
	return goes_on;
}

static void *work(void *arg)
{
	struct chores *c = arg;
	bool again = false;

	while (next(c, &c->asked, again ? AGAIN_MS : 0)) {
		refresh(c);
		again = other_nodes_retry() || c->failed;
	}
	return NULL;
}

static void *tend_records(void *arg)
{
	struct chores *c = arg;

	while (next(c, &c->records, 0))
		kside_tend_records(c->kside);
	return NULL;
}

static void tell(struct chores *c, bool *what)
{
	pthread_mutex_lock(&c->lock);
	*what = true;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

struct chores *chores_begin(struct kside *kside, int wake_fd)
{
	struct chores *c = calloc(1, sizeof(*c));
	pthread_condattr_t condattr;

	if (!c)
		return NULL;
	c->kside = kside;
	c->wake_fd = wake_fd;
	pthread_mutex_init(&c->lock, NULL);
	/* Somebody may set the other clock back. */
	pthread_condattr_init(&condattr);
	pthread_condattr_setclock(&condattr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->changed, &condattr);
	pthread_condattr_destroy(&condattr);
	if (pthread_create(&c->thread, NULL, work, c)) {
		free(c);
		return NULL;
	}
	if (!pthread_create(&c->tender, NULL, tend_records, c))
		return c;
	tell(c, &c->ends);
	pthread_join(c->thread, NULL);
	free(c);
	return NULL;
}

void chores_ask(struct chores *c)
{
	tell(c, &c->asked);
}

void chores_tend_records(struct chores *c)
{
	tell(c, &c->records);
}

bool chores_end(struct chores *c)
{
	const struct timespec until = clock_in_ms(CLOCK_REALTIME, LAST_CHORE_MS);

	if (!c)
		return true;
	tell(c, &c->ends);
	if (pthread_timedjoin_np(c->thread, NULL, &until) ||
	    pthread_timedjoin_np(c->tender, NULL, &until))
		return false;
	free(c);
	return true;
}
