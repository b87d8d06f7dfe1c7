// SPDX-License-Identifier: GPL-2.0-only
/* The event loop: what it polls, what it does about each, and how it begins and ends. */
#include "service/service.h"

#include <errno.h>
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "guard/event.h"
#include "helper/helper.h"
#include "hold/inside.h"
#include "hold/other_nodes.h"
#include "hold/park.h"
#include "log/log.h"
#include "service/chores.h"
#include "service/control.h"
#include "service/notify.h"
#include "service/rprocs.h"
#include "service/shortage.h"
#include "service/status_file.h"
#include "service/uevents.h"
#include "system/exit_status.h"
#include "system/files.h"
#include "system/run_dir.h"

/* While episodes end, how often what no event announces is looked at. */
#define TICK_MS 50
/* With nothing going on: remote processors and modules that come without a uevent, watchdog. */
#define IDLE_TICK_MS 1000

/* How long the end waits for whoever reads the log. */
#define LAST_LINES_MS 1000

/* Whether anything goes on that the end of the service waits for. */
static bool is_busy(struct service *sv)
{
	for_each_rproc (sv, r)
		if (episode_is_ending(&r->episode))
			return true;
	return rprocs_busy(sv);
}

/* Not a reason to go on when the service is to end: nobody waits for it. */
static bool any_unannounced(struct service *sv)
{
	for_each_rproc (sv, r)
		if (episode_is_unannounced(&r->episode))
			return true;
	return false;
}

/* A section may be for one that comes later, so this is no error; a misspelt name has to show. */
static void check_sections(struct service *sv)
{
	for (const struct rproc_section *c = sv->config->sections; c; c = c->next) {
		bool known = false;

		for_each_rproc (sv, r)
			known |= strcmp(r->rp.name, c->name) == 0 ||
				 strcmp(r->rp.device_name, c->name) == 0;
		if (!known)
			log_warning("configuration: there is no remote processor '%s' (yet); "
				    "'rpmsg-guard status' lists those there are",
				    c->name);
	}
}

/* check and run refuse to begin where this can happen; half a guard is none. */
static void on_unnamed(struct service *sv)
{
	if (sv->ending)
		return;
	log_error(
		"a process that this pid namespace does not know has opened a guarded file and was "
		"refused; start rpmsg-guard in the pid namespace of the host (--pid=host)");
	sv->status = EXIT_STATUS_KERNEL;
	sv->ending = true;
}

static void on_open(struct service *sv, const struct watch_event *event)
{
	struct rproc *r;

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

	switch (event->kind) {
	case WATCH_OPEN:
		on_open(sv, event);
		break;
	case WATCH_CLOSED:
		on_closed(sv, event);
		break;
	case WATCH_OVERFLOW:
		log_error("fanotify queue overflow: an open may have passed unseen");
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

static void on_signal(struct service *sv)
{
	struct signalfd_siginfo info;

	if (read(sv->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (sv->ending) {
		for_each_rproc (sv, r)
			rproc_cancel(r, HOLD_INTERRUPTED);
		return;
	}
	log_notice("ending%s", is_busy(sv) ? " when the stop that is held is over" : "");
	unlink(READY_FILE);
	notify_systemd("STOPPING=1");
	sv->ending = true;
}

/*
 * The timer goes on from tick to tick. Set anew on every event, it would never go off under a poller
 * that reads the state more often than we tick.
 */
static void set_timer(struct service *sv)
{
	const long ms = is_busy(sv) || any_unannounced(sv) ? TICK_MS : IDLE_TICK_MS;
	const struct timespec every = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
	const struct itimerspec spec = { .it_value = every, .it_interval = every };

	if (ms == sv->tick_ms)
		return;
	timerfd_settime(sv->timer_fd, 0, &spec, NULL);
	sv->tick_ms = ms;
}

static void drain_fd(int fd)
{
	uint64_t count;

	while (read(fd, &count, sizeof(count)) > 0)
		;
}

static void on_tick(struct service *sv)
{
	drain_fd(sv->timer_fd);
	rprocs_offer_parked(sv);
	unbinds_look(&sv->unbinds);
	if (clock_ms() - sv->last_scan_ms < IDLE_TICK_MS / 2)
		return;
	sv->last_scan_ms = clock_ms();
	rprocs_scan(sv);
	chores_ask(sv->chores, !is_busy(sv));
	if (!sv->told_ready)
		sv->told_ready = notify_systemd("READY=1");
	notify_systemd("WATCHDOG=1");
	control_save(sv);
}

/* A thread has something to show. */
static void on_wake(struct service *sv)
{
	drain_fd(sv->world.wake_fd);
	rprocs_offer_parked(sv);
	control_save(sv);
}

static void on_guard_event(const struct rg_event *event, void *arg)
{
	struct service *sv = arg;
	struct rproc *r;
	char text[256];

	if (event->type == RG_PARKED)
		rprocs_offer_parked(sv);
	r = event->type == RG_CRASH ? rprocs_find_now(sv, (int)event->rproc)
				    : rprocs_find(sv, (int)event->rproc);
	event_format(event, text, sizeof(text));
	if (event->type == RG_UNSAFE_OVERLAP)
		log_warning("%s", text);
	else
		log_info("%s", text);
	if (r)
		episode_event(&r->episode, event);
	if (event->type == RG_CRASH && r)
		inbox_post_crash(&r->inbox);
}

static void on_guard(struct service *sv)
{
	guard_consume(sv->world.guard, on_guard_event, sv);
}

/* An episode is complete when the events of the kernel side up to its result were taken in. */
static void tend_episodes(struct service *sv)
{
	bool consumed = false;

	for_each_rproc (sv, r) {
		if (!episode_is_ending(&r->episode) && !episode_is_unannounced(&r->episode))
			continue;
		if (sv->world.guard && !consumed)
			on_guard(sv);
		consumed = true;
		if (r->used)
			episode_tick(&r->episode, rproc_is_up(r));
	}
}

static void on_uevent(struct service *sv)
{
	if (!uevents_read(sv->uevent_fd, &sv->bound))
		return;
	rprocs_look(sv);
	rprocs_scan(sv);
	chores_ask(sv->chores, false);
}

static void on_control(struct service *sv)
{
	control_answer(sv);
}

/* The threads are asked only when nobody waits: what is held goes on, and so do those who come to it. */
static bool may_end(struct service *sv)
{
	if (!sv->ending || is_busy(sv))
		return false;
	rprocs_ask_end(sv);
	return rprocs_have_ended(sv);
}

static void loop(struct service *sv)
{
	struct epoll_event events[SOURCES_MAX];
	int n;

	while (!may_end(sv)) {
		set_timer(sv);
		n = epoll_wait(sv->epoll_fd, events, SOURCES_MAX, -1);
		for (int i = 0; i < n; i++)
			sv->sources[events[i].data.u32].handle(sv);
		rprocs_leave(sv);
		tend_episodes(sv);
		if (sv->heartbeat)
			atomic_fetch_add(sv->heartbeat, 1);
	}
}

/*
 * What a hold competes with for the CPU are the senders themselves: one that is refused tries again at
 * once, and there may be one for each tty. Threads that are started later inherit it. Who has set
 * another priority (Nice= of systemd) is left with it.
 */
static void go_first(void)
{
	errno = 0;
	if (getpriority(PRIO_PROCESS, 0) == 0 && !errno && setpriority(PRIO_PROCESS, 0, -20) < 0)
		log_debug("priority: %s", strerror(errno));
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int open_descriptors(struct service *sv)
{
	sv->signal_fd = open_signals();
	sv->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	sv->world.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sv->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	sv->uevent_fd = uevents_open();
	bound_begin(&sv->bound, sv->uevent_fd >= 0);
	sv->control_fd = control_listen();
	if (sv->control_fd < 0) {
		log_error("%s: %s", CONTROL_SOCKET, strerror(-sv->control_fd));
		return -1;
	}
	if (sv->signal_fd < 0 || sv->timer_fd < 0 || sv->world.wake_fd < 0 || sv->epoll_fd < 0) {
		log_error("no descriptors for the event loop: %s", strerror(errno));
		return -1;
	}
	return 0;
}

static void add_source(struct service *sv, int fd, void (*handle)(struct service *sv))
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = (uint32_t)sv->n_sources };

	if (fd < 0)
		return;
	sv->sources[sv->n_sources++].handle = handle;
	epoll_ctl(sv->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static void add_sources(struct service *sv)
{
	add_source(sv, sv->signal_fd, on_signal);
	add_source(sv, sv->timer_fd, on_tick);
	add_source(sv, sv->world.wake_fd, on_wake);
	add_source(sv, sv->uevent_fd, on_uevent);
	add_source(sv, sv->control_fd, on_control);
	if (sv->world.watch)
		add_source(sv, watch_fd(sv->world.watch), on_watch);
	if (sv->world.guard)
		add_source(sv, guard_event_fd(sv->world.guard), on_guard);
}

static void begin_other_sysfs(struct service *sv)
{
	if (!sv->world.watch)
		return;
	sv->other_sysfs = other_sysfs_begin(sv->world.watch);
	if (!sv->other_sysfs)
		log_warning("the sysfs of other network namespaces is NOT watched: no memory");
}

/* Loading took megabytes for the kernel's BTF, and the C library keeps what lies below something small. */
static void give_back_memory(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

static void announce_ready(struct service *sv)
{
	int err = file_replace(READY_FILE, level_name(sv->level));

	if (err)
		log_warning("%s: %s", READY_FILE, strerror(-err));
	give_back_memory();
	sv->told_ready = notify_systemd("READY=1");
	log_notice("guarding at level %s", level_name(sv->level));
}

/* Returns an exit status. */
static int begin_guarding(struct service *sv)
{
	int err = guard_setup(sv->config, sv->observe_only, &sv->level, &sv->world.guard);
	char reason[256] = "";

	if (err)
		return err == -EINVAL ? EXIT_STATUS_USAGE : EXIT_STATUS_KERNEL;
	if (sv->observe_only)
		return EXIT_STATUS_DONE;
	err = watch_open(&sv->world.watch, reason, sizeof(reason));
	if (!err)
		return EXIT_STATUS_DONE;
	log_error("stops cannot be held: %s", reason);
	return err == -EPERM ? EXIT_STATUS_FAILED : EXIT_STATUS_KERNEL;
}

static void close_all(struct service *sv)
{
	bool guard_in_use;

	rprocs_end(sv);
	episodes_close(sv->world.episodes);
	/* A thread that is stuck in somebody's file system ends with the process. */
	if (other_sysfs_end(sv->other_sysfs))
		watch_close(sv->world.watch);
	/* One that is stuck in an execve() of somebody's ends with the process. */
	guard_in_use = !chores_end(sv->chores) || inside_ejection_runs();
	if (!guard_in_use)
		guard_close(sv->world.guard);
	if (sv->control_fd >= 0)
		control_end(sv->control_fd);
	unlink(READY_FILE);
	status_file_end();
	other_nodes_wait();
	helper_end();
	bound_end(&sv->bound);
	unbinds_end(&sv->unbinds);
	log_queue_end(LAST_LINES_MS);
}

static void begin_helpers(void)
{
	const int err = helper_begin();

	if (err)
		log_warning(
			"no helpers: %s; what others keep in their memory or in their /dev is not "
			"looked at",
			strerror(-err));
}

/* Puts back what an instance has left that died in a hold. */
static void recover(void)
{
	keepout_recover();
	other_nodes_recover();
	park_recover();
}

/* Returns an exit status. */
static int begin(struct service *sv)
{
	int status;

	if (open_descriptors(sv) < 0)
		return EXIT_STATUS_FAILED;
	status_file_begin();
	recover();
	status = begin_guarding(sv);
	if (status != EXIT_STATUS_DONE)
		return status;
	unbinds_begin(&sv->unbinds, sv->world.watch);
	sv->world.bound = &sv->bound;
	sv->world.episodes = episodes_open(sv->config, sv->world.guard, sv->level);
	sv->chores = chores_begin(sv->world.guard);
	if (!sv->chores) {
		log_error("no thread or memory for the modules that come and go");
		return EXIT_STATUS_FAILED;
	}
	rprocs_scan(sv);
	begin_other_sysfs(sv);
	add_sources(sv);
	return EXIT_STATUS_DONE;
}

/* The last thing before an exit, however it came to it: nothing of ours is left in the kernel. */
int service_run(const struct config *config, bool observe_only, atomic_uint *heartbeat)
{
	struct service *sv = calloc(1, sizeof(*sv));
	int status;

	if (!sv)
		return EXIT_STATUS_FAILED;
	sv->config = config;
	sv->observe_only = observe_only;
	sv->heartbeat = heartbeat;
	sv->started_ms = clock_ms();
	sv->control_fd = -1;
	/* While there is no other thread. */
	begin_helpers();
	/* What is put into RUN_DIR is for all to read and for nobody else to write. */
	umask(0022);
	log_queue_begin();
	shortage_prepare();
	go_first();
	sv->status = begin(sv);
	if (sv->status == EXIT_STATUS_DONE) {
		check_sections(sv);
		control_save(sv);
		announce_ready(sv);
		loop(sv);
	}
	status = sv->status;
	close_all(sv);
	free(sv);
	return status;
}
