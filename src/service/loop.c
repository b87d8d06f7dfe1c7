// SPDX-License-Identifier: GPL-2.0-only
/* What the event loop polls, and what it does about each event: it classifies, and posts. */
#include "service/loop.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "kernel_side/event.h"
#include "log/about.h"
#include "log/log.h"
#include "rproc/left_up.h"
#include "service/chores.h"
#include "service/control.h"
#include "service/crashes.h"
#include "service/notify.h"
#include "service/removals.h"
#include "service/rprocs.h"
#include "service/uevents.h"
#include "system/exit_status.h"
#include "system/files.h"
#include "system/run_dir.h"

/* Whether anything goes on that the end of the service waits for. */
static bool is_busy(struct service *sv)
{
	for_each_rproc (sv, r)
		if (episode_phase(&r->episode) == EPISODE_ENDING)
			return true;
	return rprocs_busy(sv) || removals_busy(sv);
}

/* Not a reason to go on when the service is to end: nobody waits for it. */
static bool any_unheld(struct service *sv)
{
	for_each_rproc (sv, r)
		if (episode_phase(&r->episode) == EPISODE_UNHELD)
			return true;
	return false;
}

static enum pace pace_of(struct service *sv)
{
	if (is_busy(sv) || any_unheld(sv) || removals_undecided(sv))
		return PACE_BUSY;
	if (!sv->told_ready || sv->n_removers || removals_untold(sv) || sv->crashes_paused ||
	    (sv->world.watch && watch_needs_tending(sv->world.watch)))
		return PACE_ERRANDS;
	return PACE_REST;
}

/* check and run refuse to begin where this can happen; half a guard is none. */
static void on_unnamed(struct service *sv)
{
	if (sv->ending)
		return;
	log_error("a process outside of this pid namespace opened a guarded file and was refused; "
		  "start rpmsg-guard in the pid namespace of the host (--pid=host)");
	sv->status = EXIT_STATUS_KERNEL;
	sv->ending = true;
}

static void on_open(struct service *sv, const struct watch_event *event)
{
	struct rproc *r;

	if (sv->threads_end) {
		watch_answer(sv->world.watch, event->answer, true);
		return;
	}
	if (event->file == WATCH_UNBIND) {
		/* A remote processor may have come that we have not heard of yet. */
		rprocs_scan(sv);
		unbinds_post(&sv->unbinds, event, sv->rprocs,
			     sv->config->defaults.write_timeout_ms);
		return;
	}
	r = rprocs_find_now(sv, event->index);
	if (r)
		rproc_open(r, event);
	else
		watch_answer(sv->world.watch, event->answer, true);
}

static void on_closed(struct service *sv, const struct watch_event *event)
{
	for_each_rproc (sv, r)
		if (event->file == WATCH_UNBIND || r->rp.index == event->index)
			rproc_closed(r, event);
}

static void on_watch_event(const struct watch_event *event, void *arg)
{
	struct service *sv = arg;

	agenda_stir(&sv->agenda);
	switch (event->kind) {
	case WATCH_OPEN:
		on_open(sv, event);
		break;
	case WATCH_CLOSED:
		on_closed(sv, event);
		break;
	case WATCH_OVERFLOW:
		log_as(LOG_INCOMPLETE, LVL_ERROR,
		       "fanotify queue overflow: the guard may have missed an open");
		break;
	case WATCH_UNNAMED:
		on_unnamed(sv);
		break;
	case WATCH_SYSFS_GONE:
		other_sysfs_renew(sv->other_sysfs);
		break;
	}
}

static void on_watch(struct service *sv)
{
	watch_dispatch(sv->world.watch, on_watch_event, sv);
}

/*
 * An init kills a service that does not end in time (TimeoutStopSec=40s in our unit), and the kernel would let
 * the held callers go, unsafely. So what is held for longer than that is refused before.
 */
#define ENDING_MS 25000

static void refuse_holds(struct service *sv)
{
	for_each_rproc (sv, r)
		rproc_cancel(r, HOLD_INTERRUPTED);
}

static void on_signal(struct service *sv)
{
	struct signalfd_siginfo info;

	if (read(sv->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	/* The first one for a service that was about to begin again. */
	if (sv->ending && sv->status != EXIT_STATUS_AGAIN) {
		refuse_holds(sv);
		return;
	}
	sv->signalled_ms = clock_ms();
	sv->status = EXIT_STATUS_DONE;
	log_notice("the service ends%s", is_busy(sv) ? " when the held stop is over" : "");
	unlink(READY_FILE);
	notify_systemd("STOPPING=1");
	sv->ending = true;
}

static void drain_fd(int fd)
{
	uint64_t count;

	while (read(fd, &count, sizeof(count)) > 0)
		;
}

/* Only a service that begins can choose its level. */
static void leave_level(struct service *sv)
{
	if (sv->ending || !sv->world.kside || kside_fits())
		return;
	log_error("level %s is not possible any more: the service starts again",
		  level_name(sv->level));
	unlink(READY_FILE);
	sv->ending = true;
	sv->status = EXIT_STATUS_AGAIN;
}

static void listen_to_crashes(struct service *sv, bool on)
{
	struct epoll_event event = { .events = on ? EPOLLIN : 0, .data.u32 = sv->crash_source };

	epoll_ctl(sv->epoll_fd, EPOLL_CTL_MOD, sv->crash_fd, &event);
	sv->crashes_paused = !on;
}

static void on_tick(struct service *sv)
{
	const enum pace pace = pace_of(sv);

	drain_fd(sv->timer_fd);
	agenda_tick(&sv->agenda, pace);
	if (sv->crashes_paused)
		listen_to_crashes(sv, true);
	if (sv->world.watch)
		watch_tend(sv->world.watch);
	rprocs_offer_parked(sv);
	removals_tend(sv);
	unbinds_look(&sv->unbinds);
	if (agenda_takes_look(&sv->agenda)) {
		rprocs_scan(sv);
		chores_ask(sv->chores);
	}
	if (sv->signalled_ms && clock_ms() - sv->signalled_ms > ENDING_MS)
		refuse_holds(sv);
	if (!sv->told_ready)
		sv->told_ready = notify_systemd("READY=1");
	if (agenda_takes_beat(&sv->agenda, pace))
		notify_systemd("WATCHDOG=1");
}

/* A thread has something to show. */
static void on_wake(struct service *sv)
{
	drain_fd(sv->world.wake_fd);
	agenda_stir(&sv->agenda);
	rprocs_offer_parked(sv);
	leave_level(sv);
	sv->agenda.unsaved = true;
}

static enum log_event log_event_of(const struct rg_event *event)
{
	switch (event->type) {
	case RG_UNSAFE_OVERLAP:
	case RG_WAITED:
		return LOG_UNSAFE;
	case RG_PARKED:
		return event_is_refusal(event) ? LOG_REFUSED : LOG_PLAIN;
	default:
		return LOG_PLAIN;
	}
}

static void say_event(const struct rg_event *event, struct rproc *r)
{
	const bool warns = event->type == RG_UNSAFE_OVERLAP || event->type == RG_WAITED ||
			   event_is_refusal(event);
	char text[256], episode[EPISODE_ID_MAX] = "";

	if (r)
		episode_id(&r->episode, episode);
	log_about(FIELD_REMOTEPROC, r ? r->rp.name : "");
	log_about(FIELD_EPISODE, episode);
	event_format(event, text, sizeof(text));
	log_as(log_event_of(event), warns ? LVL_WARNING : LVL_INFO, "%s", text);
	log_about(FIELD_REMOTEPROC, "");
	log_about(FIELD_EPISODE, "");
}

static void on_guard_event(const struct rg_event *event, void *arg)
{
	struct service *sv = arg;
	struct rproc *r;

	sv->callers_came |= event->type == RG_PARKED || event->type == RG_REMOVAL;
	if (event_is_refusal(event))
		chores_tend_records(sv->chores);
	r = event->type == RG_CRASH ? rprocs_find_now(sv, (int)event->rproc)
				    : rprocs_find(sv, (int)event->rproc);
	say_event(event, r);
	if (r)
		episode_event(&r->episode, event);
	if (event->type == RG_CRASH && r)
		inbox_post_crash(&r->inbox);
}

static void on_guard(struct service *sv)
{
	agenda_stir(&sv->agenda);
	sv->agenda.unsaved = true;
	kside_consume(sv->world.kside, on_guard_event, sv);
	/* Not at each event: a look at all of them takes long, and frees room for more of them. */
	if (sv->callers_came) {
		sv->callers_came = false;
		rprocs_offer_parked(sv);
		removals_tend(sv);
	}
	if (kside_wants_tending(sv->world.kside))
		chores_tend_records(sv->chores);
}

/* An episode is complete when the events of the kernel side up to its result were taken in. */
static void tend_episodes(struct service *sv)
{
	bool consumed = false;

	for_each_rproc (sv, r) {
		const enum episode_phase phase = episode_phase(&r->episode);

		if (phase != EPISODE_ENDING && phase != EPISODE_UNHELD)
			continue;
		if (sv->world.kside && !consumed)
			on_guard(sv);
		consumed = true;
		if (r->used && episode_tick(&r->episode, rproc_is_up(r)))
			left_torn_down_unheld(r);
	}
}

static void on_uevent(struct service *sv)
{
	const bool matters = uevents_read(sv->uevent_fd, &sv->bound);

	agenda_stir(&sv->agenda);
	if (!matters)
		return;
	rprocs_look(sv);
	rprocs_scan(sv);
	chores_ask(sv->chores);
	sv->agenda.unsaved = true;
}

static void on_crash_message(struct service *sv)
{
	if (crashes_read(sv->crash_fd))
		rprocs_look(sv);
	/* The kernel side has told of it mostly, and senders that are refused may fill the log. */
	if (sv->world.kside)
		listen_to_crashes(sv, false);
}

static void on_control(struct service *sv)
{
	control_answer(sv);
}

/* The threads are asked only when nobody waits: what is held goes on, and so do those who come to it. */
static bool may_end(struct service *sv)
{
	if (!sv->ending || (!sv->threads_end && is_busy(sv)))
		return false;
	if (!sv->threads_end && sv->world.kside) {
		rprocs_free_parked(sv);
		removals_free(sv);
	}
	sv->threads_end = true;
	rprocs_ask_end(sv);
	return rprocs_have_ended(sv);
}

void loop_run(struct service *sv)
{
	struct epoll_event events[SOURCES_MAX];
	int n;

	while (!may_end(sv)) {
		agenda_set_timer(&sv->agenda, pace_of(sv));
		n = epoll_wait(sv->epoll_fd, events, SOURCES_MAX, -1);
		for (int i = 0; i < n; i++)
			sv->sources[events[i].data.u32].handle(sv);
		rprocs_leave(sv);
		tend_episodes(sv);
		if (agenda_takes_save(&sv->agenda))
			control_save(sv);
		if (sv->heartbeat)
			atomic_fetch_add(sv->heartbeat, 1);
	}
}

static void add_source(struct service *sv, int fd, void (*handle)(struct service *sv))
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = (uint32_t)sv->n_sources };

	if (fd < 0)
		return;
	sv->sources[sv->n_sources++].handle = handle;
	epoll_ctl(sv->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

void loop_poll(struct service *sv)
{
	agenda_begin(&sv->agenda, sv->timer_fd, sv->uevent_fd < 0, sv->heartbeat);
	add_source(sv, sv->signal_fd, on_signal);
	add_source(sv, sv->timer_fd, on_tick);
	add_source(sv, sv->world.wake_fd, on_wake);
	add_source(sv, sv->uevent_fd, on_uevent);
	add_source(sv, sv->control_fd, on_control);
	sv->crash_source = (uint32_t)sv->n_sources;
	add_source(sv, sv->crash_fd, on_crash_message);
	if (sv->world.watch)
		add_source(sv, watch_fd(sv->world.watch), on_watch);
	if (sv->world.kside)
		add_source(sv, kside_event_fd(sv->world.kside), on_guard);
}
