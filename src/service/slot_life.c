// SPDX-License-Identifier: GPL-2.0-only
/* How a slot begins, is renewed and ends. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "service/slot.h"
#include "system/files.h"

int slot_begin(struct slot *s, const struct remoteproc *rp, const struct rproc_config *config,
	       struct watch *watch, struct guard *guard, int done_fd)
{
	int err;

	memset(s, 0, sizeof(*s));
	s->rp = *rp;
	s->config = config;
	s->watch = watch;
	s->guard = guard;
	s->done_fd = done_fd;
	/* Before the marks: see remoteproc_open_state(). */
	s->state_fd = remoteproc_open_state(rp, true);
	if (s->state_fd < 0)
		return s->state_fd;
	s->announced.up = slot_is_up(s);
	recovery_begin(&s->recovery, rp, watch && config->own_recovery);
	err = watch ? watch_add(watch, rp) : 0;
	if (err) {
		/* One file may be marked. Left so, the next try would wait for an answer of our own. */
		watch_remove(watch, rp->index);
		recovery_end(&s->recovery, remoteproc_read_state(s->state_fd));
		close(s->state_fd);
		return err;
	}
	s->used = true;
	return 0;
}

/* All but the marks and the queue. */
static void wind_up(struct slot *s)
{
	/* Left closed without a teardown, it would stand against the next one of this number. */
	if (s->guard && !guard_tearing_down(s->guard, s->rp.index))
		guard_gate_open(s->guard, s->rp.index);
	recovery_end(&s->recovery, remoteproc_read_state(s->state_fd));
	episode_close(&s->episode);
	close(s->state_fd);
	s->used = false;
}

static void let_go(struct watch *watch, const struct opener *queued, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!queued[i].ticket)
			watch_answer(watch, queued[i].answer, true);
}

void slot_end(struct slot *s)
{
	/* Nobody waits where nothing is watched. */
	if (s->watch) {
		let_go(s->watch, s->queued, s->n_queued);
		watch_remove(s->watch, s->rp.index);
	}
	wind_up(s);
}

/* An "unbind" is not handed over: its driver is asked for again, see unbind.c. */
static size_t without_tickets(struct opener *out, const struct opener *list, size_t n)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		if (!list[i].ticket)
			out[left++] = list[i];
	return left;
}

int slot_renew(struct slot *s, const struct remoteproc *rp, const struct rproc_config *config)
{
	struct opener queued[OPENERS_MAX];
	const size_t n = without_tickets(queued, s->queued, s->n_queued);
	struct latecomers late = s->late;
	struct watch *watch = s->watch;
	int err;

	if (s->guard)
		latecomers_revoke(&late, s->guard);
	wind_up(s);
	/* Also where a mark is on a new file by now: it would have us wait for our own answer. */
	if (watch)
		watch_remove(watch, rp->index);
	err = slot_begin(s, rp, config, watch, s->guard, s->done_fd);
	if (err) {
		if (watch)
			let_go(watch, queued, n);
		return err;
	}
	/* When it was started is not known, and it may have channels yet to announce. */
	if (s->announced.up)
		s->announced.up_since_ms = clock_ms();
	memcpy(s->queued, queued, n * sizeof(queued[0]));
	s->n_queued = n;
	late.n = 0; /* those that still wait are offered again */
	s->late = late;
	return 0;
}
