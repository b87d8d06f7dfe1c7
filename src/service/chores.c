// SPDX-License-Identifier: GPL-2.0-only
/* A thread that does what it is asked for, once for as many requests as have come meanwhile. */
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
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool asked, refused, ends;
	bool failed; /* the last refresh of the kernel side, said once; the thread's own */
};

static void refresh(struct chores *c)
{
	const bool current = !c->kside || kside_is_current(c->kside);
	char reason[256];
	const int err = c->kside ? kside_refresh(c->kside, reason, sizeof(reason)) : 0;

	/* When it does not fit, the service begins again and says why. */
	if (err && !c->failed && kside_fits())
		log_warning("kernel side incomplete: %s", reason);
	c->failed = err != 0;
	if (c->kside && !kside_fits() && write(c->wake_fd, &(uint64_t){ 1 }, 8) < 0)
		log_debug("the event loop is awake already");
	/* Attaching took megabytes for the kernel's BTF. */
	if (!current)
		memory_give_back();
}

/* With the lock. */
static void wait_until_asked(struct chores *c, bool again)
{
	const struct timespec until = clock_in_ms(CLOCK_REALTIME, AGAIN_MS);

	if (!again)
		pthread_cond_wait(&c->changed, &c->lock);
	else if (pthread_cond_timedwait(&c->changed, &c->lock, &until))
		c->asked = true;
}

static void *work(void *arg)
{
	struct chores *c = arg;
	bool again = false;

	pthread_mutex_lock(&c->lock);
	while (!c->ends) {
		const bool asked = c->asked, refused = c->refused;

		if (!asked && !refused) {
			wait_until_asked(c, again);
			continue;
		}
		c->asked = c->refused = false;
		pthread_mutex_unlock(&c->lock);
		if (refused)
			kside_forget_missed(c->kside);
		if (asked) {
			refresh(c);
			again = other_nodes_retry() || c->failed;
		}
		pthread_mutex_lock(&c->lock);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

struct chores *chores_begin(struct kside *kside, int wake_fd)
{
	struct chores *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->kside = kside;
	c->wake_fd = wake_fd;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);
	if (!pthread_create(&c->thread, NULL, work, c))
		return c;
	free(c);
	return NULL;
}

static void tell(struct chores *c, bool *what)
{
	pthread_mutex_lock(&c->lock);
	*what = true;
	pthread_cond_signal(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

void chores_ask(struct chores *c)
{
	tell(c, &c->asked);
}

void chores_caller_refused(struct chores *c)
{
	tell(c, &c->refused);
}

bool chores_end(struct chores *c)
{
	const struct timespec until = clock_in_ms(CLOCK_REALTIME, LAST_CHORE_MS);

	if (!c)
		return true;
	tell(c, &c->ends);
	if (pthread_timedjoin_np(c->thread, NULL, &until))
		return false;
	free(c);
	return true;
}
