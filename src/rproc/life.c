// SPDX-License-Identifier: GPL-2.0-only
/* Opens what the guard of a remote processor needs, starts its thread, and closes all of it again. */
#include "rproc/life.h"

#include <string.h>
#include <unistd.h>

#include "log/about.h"
#include "rproc/story.h"
#include "rproc/unbind.h"
#include "system/files.h"

static void *tell(void *arg)
{
	struct rproc *r = arg;

	log_about(FIELD_REMOTEPROC, r->rp.name);
	story_tell(r);
	atomic_store(&r->told, true);
	rproc_wake_service(r);
	return NULL;
}

static int add_marks(struct rproc *r)
{
	struct watch *watch = r->world->watch;
	int err = watch ? watch_add(watch, &r->rp) : 0;

	/* One file may be marked. Left so, the next try would wait for an answer of our own. */
	if (err)
		watch_remove(watch, r->rp.index);
	return err;
}

/* Left closed without a teardown, the gate would stand against the next one of this number. */
static void open_gate(const struct rproc *r)
{
	struct kside *kside = r->world->kside;

	if (kside && !kside_tearing_down(kside, r->rp.index))
		kside_gate_open(kside, r->rp.index);
}

/* All but the marks and the inbox. */
static void wind_up(struct rproc *r)
{
	open_gate(r);
	recovery_end(&r->recovery, rproc_state(r));
	episode_close(&r->episode);
	close(r->command_fd);
	close(r->state_fd);
	r->used = false;
}

static int start_thread(struct rproc *r)
{
	const int err = pthread_create(&r->thread, NULL, tell, r);

	if (err && r->world->watch)
		watch_remove(r->world->watch, r->rp.index);
	return -err;
}

static int open_state(struct rproc *r)
{
	r->state_fd = remoteproc_open_state(&r->rp, false);
	if (r->state_fd < 0)
		return r->state_fd;
	r->command_fd = remoteproc_open_state(&r->rp, true);
	if (r->command_fd >= 0)
		return 0;
	close(r->state_fd);
	return r->command_fd;
}

static int start(struct rproc *r, const struct remoteproc *rp, const struct rproc_config *config)
{
	int err;

	r->rp = *rp;
	r->config = config;
	/* Before the marks: see remoteproc_open_state(). */
	err = open_state(r);
	if (err)
		return err;
	r->announced.up = rproc_is_up(r);
	recovery_begin(&r->recovery, rp, r->world->watch && config->own_recovery);
	episode_open(&r->episode, r->world->episodes, &r->rp);
	err = add_marks(r);
	if (!err)
		err = start_thread(r);
	if (err) {
		wind_up(r);
		return err;
	}
	r->used = true;
	return 0;
}

int rproc_begin(struct rproc *r, const struct remoteproc *rp, const struct rproc_config *config,
		const struct rproc_world *world)
{
	int err;

	memset(r, 0, sizeof(*r));
	r->world = world;
	inbox_begin(&r->inbox);
	err = start(r, rp, config);
	if (err)
		inbox_end(&r->inbox);
	return err;
}

static void let_callers_go(struct rproc *r)
{
	struct caller c;

	while (inbox_take(&r->inbox, &c)) {
		if (c.unbind)
			unbind_leave(c.unbind, r);
		else
			watch_answer(r->world->watch, c.answer, true);
	}
}

/* What was learnt of the remote processor that has gone is not true of the next one. */
static void forget(struct rproc *r)
{
	const enum hold_cancel cancel = r->view.cancel;

	memset(&r->view, 0, sizeof(r->view));
	/* That the service does not want to wait is true of the next one, too. */
	r->view.cancel = cancel == HOLD_INTERRUPTED ? cancel : HOLD_GOES_ON;
	memset(&r->announced, 0, sizeof(r->announced));
	memset(&r->let_go, 0, sizeof(r->let_go));
	r->crash_handled = false;
	inbox_forget_crash(&r->inbox);
	inbox_forget_open(&r->inbox);
	/* Those that still wait are offered again. */
	r->parked.n = 0;
	atomic_store(&r->told, false);
}

int rproc_renew(struct rproc *r, const struct remoteproc *rp, const struct rproc_config *config)
{
	struct watch *watch = r->world->watch;
	int err;

	pthread_join(r->thread, NULL);
	if (r->world->kside)
		parked_callers_revoke(&r->parked, r->world->kside);
	wind_up(r);
	/* Also where a mark is on a new file by now: it would have us wait for our own answer. */
	if (watch)
		watch_remove(watch, rp->index);
	forget(r);
	/* When it was started is not known, and it may have channels yet to announce. */
	r->announced.up_since_ms = clock_ms();
	err = start(r, rp, config);
	if (err) {
		let_callers_go(r);
		inbox_end(&r->inbox);
	}
	return err;
}

void rproc_leave(struct rproc *r)
{
	rproc_cancel(r, HOLD_RPROC_GONE);
	rproc_look(r);
}

bool rproc_has_left(struct rproc *r)
{
	return atomic_load(&r->told);
}

void rproc_ask_end(struct rproc *r)
{
	inbox_post_end(&r->inbox);
}

void rproc_end(struct rproc *r)
{
	rproc_ask_end(r);
	pthread_join(r->thread, NULL);
	if (r->world->kside)
		parked_callers_revoke(&r->parked, r->world->kside);
	let_callers_go(r);
	/* Nobody waits where nothing is watched. */
	if (r->world->watch)
		watch_remove(r->world->watch, r->rp.index);
	wind_up(r);
	inbox_end(&r->inbox);
}
