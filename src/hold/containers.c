// SPDX-License-Identifier: GPL-2.0-only
/* Finds the /dev that are not the host's, and has helpers work in them. */
#include "hold/containers.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helper/helper.h"
#include "log/log.h"
#include "system/files.h"
#include "system/mount_ns.h"
#include "system/task.h"

#define PATIENCE_MS 1000
/* Helpers that are asked at a time. */
#define BATCH 16
#define MOUNT_MAX 256

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

/* One helper, and whether it has answered. */
struct errand {
	int fd;
	pid_t pid;
	bool done;
};

static void take_answer(const struct container_round *r, struct errand *e)
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
static void collect(const struct container_round *r, struct errand *errands, size_t n,
		    uint64_t deadline)
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

static void count(struct container_round *r, const struct errand *e)
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
static void ask_batch(struct container_round *r, const struct other *others, size_t n)
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

bool containers_ask(struct container_round *r)
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
