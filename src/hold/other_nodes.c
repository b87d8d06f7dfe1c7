// SPDX-License-Identifier: GPL-2.0-only
/* Which /dev there are beside the host's, and what helpers do in them. */
#include "hold/other_nodes.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helper/helper.h"
#include "helper/jobs.h"
#include "hold/steps.h"
#include "log/log.h"
#include "system/files.h"
#include "system/mount_ns.h"
#include "system/run_dir.h"
#include "system/task.h"

#define PATIENCE_MS 1000
/* Helpers that are asked at a time. */
#define BATCH 16
#define MOUNT_MAX 256
/* How often nodes are tried again that could not be put back. */
#define RETRY_MS 5000
#define RETRY_MAX_MS 600000

_Static_assert(NODES_MAX >= RPMSG_TTY_MAX, "a request has to take the ttys of a hold");

struct others {
	char ours[MOUNT_MAX]; /* what is mounted on our /dev */
	struct other {
		pid_t pid;	       /* one that sees it */
		char mount[MOUNT_MAX]; /* what is mounted there, or "" for a plain folder */
	} * list;
	size_t n;
};

static bool is_listed(const struct others *o, const char *mount)
{
	for (size_t i = 0; mount[0] && i < o->n; i++)
		if (strcmp(o->list[i].mount, mount) == 0)
			return true;
	return mount[0] && strcmp(mount, o->ours) == 0;
}

/*
 * Most other namespaces are those of services that have the same /dev, the host's or that of their
 * container, which the list of mounts says without anything being followed.
 */
static void look(const char *pid, void *arg)
{
	struct others *o = arg;
	struct other *more, other = { .pid = atoi(pid) };

	if (strcmp(pid, "self") == 0)
		return;
	mount_ns_mounted_on(pid, "/dev", other.mount, sizeof(other.mount));
	if (is_listed(o, other.mount))
		return;
	more = realloc(o->list, (o->n + 1) * sizeof(*more));
	if (!more)
		return;
	o->list = more;
	o->list[o->n++] = other;
}

static void find_others(struct others *o)
{
	memset(o, 0, sizeof(*o));
	mount_ns_mounted_on("self", "/dev", o->ours, sizeof(o->ours));
	mount_ns_for_each(look, o);
}

/* What is asked in every other /dev, and what came of it in numbers of containers. */
struct round {
	enum helper_job job;
	struct nodes_request request; /* but for the process */
	size_t answer_len;
	void (*take)(pid_t pid, const void *answer, void *arg);
	void *arg;
	const char *otherwise; /* what the log says of nodes where it is not known to be done */
	bool any;	       /* there is another /dev */
	size_t silent;	       /* in these it is not known to be done */
	size_t gone; /* the process that stood for them has ended: others may still be there */
};

/* One helper, and whether it has answered. */
struct errand {
	int fd;
	pid_t pid;
	bool done;
};

static void take_answer(const struct round *r, struct errand *e)
{
	static __thread struct nodes_answer answer;
	const ssize_t got = helper_answer(e->fd, &answer, sizeof(answer), NULL);

	if (got == -EAGAIN)
		return;
	e->done = got == (ssize_t)r->answer_len;
	if (e->done) {
		helper_confirm(e->fd);
		r->take(e->pid, &answer, r->arg);
	}
	close(e->fd);
	e->fd = -1;
}

/* Until all have answered or ended, or it is too late. */
static void collect(const struct round *r, struct errand *errands, size_t n, uint64_t deadline)
{
	struct pollfd p[BATCH];
	size_t waiting;
	uint64_t now;

	for (;;) {
		waiting = 0;
		for (size_t i = 0; i < n; i++) {
			if (errands[i].fd >= 0)
				take_answer(r, &errands[i]);
			if (errands[i].fd >= 0)
				p[waiting++] = (struct pollfd){ errands[i].fd, POLLIN, 0 };
		}
		now = clock_ms();
		if (!waiting || now >= deadline)
			break;
		poll(p, waiting, (int)(deadline - now));
	}
	for (size_t i = 0; i < n; i++)
		if (errands[i].fd >= 0)
			close(errands[i].fd);
}

static void count(struct round *r, const struct errand *e)
{
	if (e->done)
		return;
	if (!task_alive(e->pid)) {
		r->gone++;
		return;
	}
	r->silent++;
	log_warning("the container of process %d does not answer: its device nodes %s", e->pid,
		    r->otherwise);
}

/* Each batch has its own time: one that is silent must not cost those behind it theirs. */
static void ask_batch(struct round *r, const struct other *others, size_t n)
{
	struct errand errands[BATCH];

	for (size_t i = 0; i < n; i++) {
		r->request.pid = others[i].pid;
		errands[i].fd = helper_ask(r->job, others[i].pid, &r->request, sizeof(r->request));
		errands[i].pid = others[i].pid;
		errands[i].done = false;
	}
	collect(r, errands, n, clock_ms() + PATIENCE_MS);
	for (size_t i = 0; i < n; i++)
		count(r, &errands[i]);
}

/* How often namespaces are listed anew because whoever stood for one has ended meanwhile. */
#define ROUNDS_MAX 4

/* Has helpers do it in every other /dev; returns whether it is known to be done in all. */
static bool everywhere(struct round *r)
{
	struct others others;
	int tries = 0;

	do {
		r->silent = r->gone = 0;
		find_others(&others);
		r->any |= others.n > 0;
		for (size_t from = 0; from < others.n; from += BATCH)
			ask_batch(r, &others.list[from],
				  others.n - from < BATCH ? others.n - from : BATCH);
		free(others.list);
	} while (r->gone && ++tries < ROUNDS_MAX);
	return !r->silent && !r->gone;
}

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
	struct aside a = { ttys, reach };
	struct round r = {
		.job = HELPER_ASIDE,
		.answer_len = sizeof(struct nodes_answer),
		.take = note_answer,
		.arg = &a,
		.otherwise = "are not hidden, and programs in the container can open them "
			     "during a stop",
	};

	begin_hold(first);
	make_request(&r.request, ttys, n);
	if (!everywhere(&r))
		reach->everybody = true;
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
	struct round r = {
		.job = HELPER_BACK,
		.request = *request,
		.answer_len = sizeof(uint32_t),
		.take = count_back,
		.arg = n,
		.otherwise = "are not restored yet; the guard tries again",
	};
	bool all;

	*n = 0;
	all = everywhere(&r);
	/* Only a round for all names says that nothing is left. */
	if (!all || request->n == 0)
		atomic_store(&left_over, !all);
	return all;
}

static void *run_put_back(void *arg)
{
	size_t n;

	put_back(arg, &n);
	free(arg);
	change(&putting_back, -1);
	return NULL;
}

/* @putting_back counts it already. */
static void start_put_back(const struct rpmsg_tty *ttys, size_t n)
{
	struct nodes_request *r = malloc(sizeof(*r));

	if (!r) {
		log_warning("no memory to restore the device nodes of containers; the guard "
			    "tries again");
		atomic_store(&left_over, true);
		change(&putting_back, -1);
		return;
	}
	make_request(r, ttys, n);
	/* Without a thread it has to be done here: they are nobody else's to put back. */
	if (hold_thread(run_put_back, r))
		run_put_back(r);
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
