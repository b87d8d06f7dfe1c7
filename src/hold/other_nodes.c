// SPDX-License-Identifier: GPL-2.0-only
/* Has helpers hide the nodes of a hold in containers, and restore them. */
#include "hold/other_nodes.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/jobs.h"
#include "hold/containers.h"
#include "hold/steps.h"
#include "log/log.h"
#include "system/files.h"
#include "system/run_dir.h"

/* How often nodes are tried again that could not be put back. */
#define RETRY_MS 5000
#define RETRY_MAX_MS 600000

/* As many as there is room for. */
static void make_request(struct nodes_request *r, const struct rpmsg_tty *ttys, size_t n)
{
	memset(r, 0, sizeof(*r));
	for (r->n = 0; r->n < n && r->n < NODES_MAX; r->n++) {
		snprintf(r->nodes[r->n].name, sizeof(r->nodes[0].name), "%s", ttys[r->n].name);
		r->nodes[r->n].dev = ttys[r->n].dev;
	}
}

struct aside {
	const struct rpmsg_tty *ttys;
	struct reach *reach;
};

static void note_answer(pid_t pid, const void *data, void *arg)
{
	const struct nodes_answer *answer = data;
	const struct aside *a = arg;

	for (uint32_t i = 0; i < answer->n && i < NODES_MAX; i++) {
		if (answer->nodes[i].outcome != NODE_NONE)
			reach_add(a->reach, &answer->nodes[i].rights);
		if (answer->nodes[i].outcome == NODE_STAYS)
			log_warning("%s in the container of process %d could not be hidden "
				    "(%s): programs in the container can open it during a stop",
				    a->ttys[i].node, pid, strerror(answer->nodes[i].error));
	}
}

/* Threads that put back, and holds whose nodes are aside. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t none_left = PTHREAD_COND_INITIALIZER;
static size_t putting_back, holds;

static void change(size_t *count, int by)
{
	pthread_mutex_lock(&lock);
	*count += (size_t)by;
	pthread_cond_broadcast(&none_left);
	pthread_mutex_unlock(&lock);
}

/* What is put back after this would be there for the whole hold. */
static void begin_hold(bool first)
{
	pthread_mutex_lock(&lock);
	while (putting_back)
		pthread_cond_wait(&none_left, &lock);
	if (first)
		holds++;
	pthread_mutex_unlock(&lock);
}

bool other_nodes_aside(const struct rpmsg_tty *ttys, size_t n, struct reach *reach, bool first)
{
	struct aside a = { .reach = reach };
	struct container_round r = {
		.job = HELPER_ASIDE,
		.answer_len = sizeof(struct nodes_answer),
		.take = note_answer,
		.arg = &a,
		.otherwise = "are not hidden, and programs in the container can open them "
			     "during a stop",
	};

	begin_hold(first);
	for (size_t from = 0; from < n; from += NODES_MAX) {
		a.ttys = ttys + from;
		make_request(&r.request, a.ttys, n - from);
		if (!containers_ask(&r))
			reach->everybody = true;
	}
	if (first && !r.any)
		change(&holds, -1);
	return r.any;
}

static void count_back(pid_t pid, const void *answer, void *arg)
{
	size_t *n = arg;

	(void)pid;
	*n += *(const uint32_t *)answer;
}

static bool is_there(const char *name)
{
	(void)name;
	return true;
}

static bool forget(const char *name)
{
	record_remove(NODES_RECORD, name);
	return true;
}

/* Something is left to be put back: a container did not answer. */
static atomic_bool left_over;

/* Returns whether every container has answered. */
static bool put_back(const struct nodes_request *request, size_t *n)
{
	struct container_round r = {
		.job = HELPER_BACK,
		.request = *request,
		.answer_len = sizeof(uint32_t),
		.take = count_back,
		.arg = n,
		.otherwise = "are not restored yet; the guard tries again",
	};
	bool all;

	*n = 0;
	all = containers_ask(&r);
	/* Only a round for all names says that nothing is left. */
	if (!all || request->n == 0)
		atomic_store(&left_over, !all);
	return all;
}

/* The nodes of a hold, or of all holds. */
struct task {
	size_t n;
	struct nodes_request requests[];
};

static void *run_put_back(void *arg)
{
	struct task *t = arg;
	size_t n;

	for (size_t i = 0; i < t->n; i++)
		put_back(&t->requests[i], &n);
	free(t);
	change(&putting_back, -1);
	return NULL;
}

/* NULL for want of memory. With @n == 0 a request for all names, which is all zero. */
static struct task *make_task(const struct rpmsg_tty *ttys, size_t n)
{
	const size_t requests = n ? (n + NODES_MAX - 1) / NODES_MAX : 1;
	struct task *t = calloc(1, sizeof(*t) + requests * sizeof(*t->requests));

	if (!t)
		return NULL;
	t->n = requests;
	for (size_t from = 0; from < n; from += NODES_MAX)
		make_request(&t->requests[from / NODES_MAX], &ttys[from], n - from);
	return t;
}

/* @putting_back counts it already. */
static void start_put_back(const struct rpmsg_tty *ttys, size_t n)
{
	struct task *t = n && !ttys ? NULL : make_task(ttys, n);

	if (!t) {
		log_warning("no memory to restore the device nodes of containers; the guard "
			    "tries again");
		atomic_store(&left_over, true);
		change(&putting_back, -1);
		return;
	}
	/* Without a thread it has to be done here: they are nobody else's to put back. */
	if (hold_thread(run_put_back, t))
		run_put_back(t);
}

void other_nodes_back(const struct rpmsg_tty *ttys, size_t n)
{
	pthread_mutex_lock(&lock);
	holds--;
	putting_back++;
	pthread_mutex_unlock(&lock);
	start_put_back(ttys, n);
}

/* Not beside a hold: all names are asked for, those of the hold, too. */
static bool may_put_all_back(void)
{
	bool may;

	pthread_mutex_lock(&lock);
	may = !holds;
	putting_back += may;
	pthread_mutex_unlock(&lock);
	return may;
}

bool other_nodes_retry(void)
{
	static uint64_t next_ms, interval_ms;

	if (!atomic_load(&left_over)) {
		interval_ms = RETRY_MS;
		return false;
	}
	if (clock_ms() < next_ms)
		return true;
	if (!records_count(NODES_RECORD, is_there)) {
		atomic_store(&left_over, false);
		return false;
	}
	if (!may_put_all_back())
		return true;
	/* Each try at one that hangs costs a helper for as long as it does. */
	interval_ms = interval_ms < RETRY_MAX_MS ? 2 * interval_ms : RETRY_MAX_MS;
	next_ms = clock_ms() + interval_ms;
	start_put_back(NULL, 0);
	return true;
}

void other_nodes_wait(void)
{
	pthread_mutex_lock(&lock);
	while (putting_back)
		pthread_cond_wait(&none_left, &lock);
	pthread_mutex_unlock(&lock);
}

size_t other_nodes_recover(void)
{
	const struct nodes_request all = { 0 };
	size_t n;

	if (!records_count(NODES_RECORD, is_there))
		return 0;
	/* What no container knows of that has answered belonged to one that has gone. */
	if (put_back(&all, &n))
		records_count(NODES_RECORD, forget);
	return n;
}
