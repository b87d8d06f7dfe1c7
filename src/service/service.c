// SPDX-License-Identifier: GPL-2.0-only
#include "service/service.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
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
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "commands/commands.h"
#include "guard/event_format.h"
#include "guard/setup.h"
#include "helper/helper.h"
#include "hold/hold.h"
#include "hold/other_nodes.h"
#include "log/log.h"
#include "log/queue.h"
#include "service/control.h"
#include "service/crash.h"
#include "service/late.h"
#include "service/notify.h"
#include "service/shortage.h"
#include "service/slots.h"
#include "service/status_file.h"
#include "system/files.h"
#include "system/run_dir.h"
#include "system/task.h"

/* While a hold goes on, how often what no event announces is looked at. */
#define TICK_MS 50
/* With nothing going on: remote processors and modules that come without a uevent, watchdog. */
#define IDLE_TICK_MS 1000
/* Without the kernel side a crash shows in the state only: one read for each remote processor. */
#define CRASH_TICK_MS 100

/* How long the end waits for whoever reads the log. */
#define LAST_LINES_MS 1000

/* Bytes for uevents that wait to be read: a start of many channels brings some hundred at once. */
#define UEVENT_ROOM (2 * 1024 * 1024)

static bool any_active(const struct service *sv)
{
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (sv->slots[i].used &&
		    (slot_is_busy(&sv->slots[i]) || episode_is_ending(&sv->slots[i].episode)))
			return true;
	return unbind_is_busy(sv);
}

/* Not a reason to go on when the service is to end: nobody waits for it. */
static bool any_unannounced(const struct service *sv)
{
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (sv->slots[i].used && episode_is_unannounced(&sv->slots[i].episode))
			return true;
	return false;
}

static bool any_owned(const struct service *sv)
{
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (sv->slots[i].used && sv->slots[i].recovery.owned)
			return true;
	return false;
}

/* A section may be for one that comes later, so this is no error; a misspelt name has to show. */
static void check_sections(const struct service *sv)
{
	for (const struct rproc_section *c = sv->config->sections; c; c = c->next) {
		bool known = false;

		for (size_t i = 0; i < REMOTEPROC_MAX && !known; i++) {
			const struct slot *s = &sv->slots[i];

			known = s->used && (strcmp(s->rp.name, c->name) == 0 ||
					    strcmp(s->rp.device_name, c->name) == 0);
		}
		if (!known)
			log_warning("configuration: there is no remote processor '%s' (yet); "
				    "'rpmsg-guard status' lists those there are",
				    c->name);
	}
}

static void refresh_guard(struct service *sv)
{
	char reason[256];
	int err = sv->guard ? guard_refresh(sv->guard, reason, sizeof(reason)) : 0;

	if (err && !sv->guard_failed)
		log_warning("kernel side incomplete: %s", reason);
	sv->guard_failed = err != 0;
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

static void on_watch(const struct watch_event *event, void *arg)
{
	struct service *sv = arg;
	struct slot *s;

	if (event->kind == WATCH_OVERFLOW) {
		log_error("fanotify queue overflow: an open may have passed unseen");
		return;
	}
	if (event->kind == WATCH_UNNAMED) {
		on_unnamed(sv);
		return;
	}
	if (event->kind == WATCH_SYSFS_GONE) {
		other_sysfs_renew(sv->other_sysfs);
		return;
	}
	if (event->kind == WATCH_CLOSED) {
		if (event->file == WATCH_UNBIND)
			unbind_closed(sv, event);
		else if ((s = slots_find(sv, event->index)))
			slot_closed(s, event);
		return;
	}
	if (event->file == WATCH_UNBIND)
		unbind_request(sv, event);
	else if ((s = slots_find_now(sv, event->index)))
		slot_open(s, event);
	else
		watch_answer(sv->watch, event->answer, true);
}

static void on_signal(struct service *sv)
{
	struct signalfd_siginfo info;

	if (read(sv->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (sv->ending) {
		for (size_t i = 0; i < REMOTEPROC_MAX; i++)
			if (sv->slots[i].used && sv->slots[i].phase == SLOT_HOLDING)
				atomic_store(&sv->slots[i].hold.cancelled, true);
		return;
	}
	log_notice("ending%s", any_active(sv) ? " when the stop that is held is over" : "");
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
	const long idle = !sv->guard && any_owned(sv) ? CRASH_TICK_MS : IDLE_TICK_MS;
	const long ms = any_active(sv) || any_unannounced(sv) ? TICK_MS : idle;
	const struct timespec every = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
	const struct itimerspec spec = { .it_value = every, .it_interval = every };

	if (ms == sv->tick_ms)
		return;
	timerfd_settime(sv->timer_fd, 0, &spec, NULL);
	sv->tick_ms = ms;
}

static void drain_fd(int fd)
{
	char buf[8192];

	while (read(fd, buf, sizeof(buf)) > 0)
		;
}

/* Released, or it would be turned back again. The next boot ends that. */
static void leave_unguarded(struct service *sv, const struct parked *p)
{
	guard_gate_release(sv->guard, p->rproc);
	if (p->restarts)
		parked_decide(sv->guard, p, true);
	else
		parked_forget(sv->guard, p->key);
}

/*
 * Those that were turned back at rproc_shutdown(). An event announces each, but an event can be lost
 * and a decision can cross with a signal, so the list itself is what counts.
 */
static void take_latecomers(struct service *sv)
{
	struct parked all[PARKED_MAX];
	const size_t n = sv->guard ? parked_list(sv->guard, all, PARKED_MAX) : 0;
	struct slot *s;

	for (size_t i = 0; i < n; i++) {
		if (all[i].restarts && !task_alive(all[i].tid)) {
			parked_forget(sv->guard, all[i].key);
			continue;
		}
		s = slots_find_now(sv, all[i].rproc);
		if (s && !all[i].decided) {
			late_offer(s, &all[i]);
			continue;
		}
		/* Nobody guards that one (any more), or it was stopped once more on its way. */
		if (!s)
			leave_unguarded(sv, &all[i]);
		park_continue(all[i].pid);
	}
}

static void on_tick(struct service *sv)
{
	take_latecomers(sv);
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (sv->slots[i].used)
			slot_tick(&sv->slots[i]);
	if (clock_ms() - sv->last_scan_ms < IDLE_TICK_MS / 2)
		return;
	sv->last_scan_ms = clock_ms();
	slots_scan(sv);
	refresh_guard(sv);
	if (!any_active(sv))
		other_nodes_retry();
	if (!sv->told_ready)
		sv->told_ready = notify_systemd("READY=1");
	notify_systemd("WATCHDOG=1");
	control_save(sv);
}

static void on_done(struct service *sv)
{
	drain_fd(sv->done_fd);
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (sv->slots[i].used)
			slot_worker_done(&sv->slots[i]);
	take_latecomers(sv);
	control_save(sv);
}

static void on_guard_event(const struct rg_event *event, void *arg)
{
	struct service *sv = arg;
	struct slot *s;
	char text[256];

	if (event->type == RG_PARKED)
		take_latecomers(sv);
	s = event->type == RG_CRASH ? slots_find_now(sv, (int)event->rproc)
				    : slots_find(sv, (int)event->rproc);
	event_format(event, text, sizeof(text));
	if (event->type == RG_UNSAFE_OVERLAP)
		log_warning("%s", text);
	else
		log_info("%s", text);
	if (s)
		episode_event(&s->episode, event);
	if (event->type == RG_CRASH && s)
		crash_reported(s);
}

/* An episode is complete when the events of the kernel side up to its result were taken in. */
static void tend_episodes(struct service *sv)
{
	bool consumed = false;

	for (size_t i = 0; i < REMOTEPROC_MAX; i++) {
		struct slot *s = &sv->slots[i];

		if (!s->used ||
		    (!episode_is_ending(&s->episode) && !episode_is_unannounced(&s->episode)))
			continue;
		if (sv->guard && !consumed)
			guard_consume(sv->guard, on_guard_event, sv);
		consumed = true;
		if (s->used)
			episode_tick(&s->episode, slot_is_up(s));
	}
}

/* Of the many that a start or stop brings, those that change what there is to guard or to probe. */
static bool uevent_matters(const char *message, size_t len)
{
	return memmem(message, len, "SUBSYSTEM=remoteproc", 20) ||
	       memmem(message, len, "SUBSYSTEM=virtio", 16) ||
	       memmem(message, len, "SUBSYSTEM=module", 16);
}

/*
 * @sender is 0 for what the kernel says. Whoever has CAP_NET_ADMIN may send to the same group, and
 * nobody is believed that a driver has been bound but the kernel.
 */
static ssize_t read_uevent(int fd, char *message, size_t len, uint32_t *sender)
{
	struct sockaddr_nl from = { 0 };
	socklen_t from_len = sizeof(from);
	const ssize_t n = recvfrom(fd, message, len, 0, (struct sockaddr *)&from, &from_len);

	*sender = from.nl_pid;
	return n;
}

static void on_uevent(struct service *sv)
{
	bool matters = false, lost = false;
	char message[8192];
	uint32_t sender;
	ssize_t n;

	while ((n = read_uevent(sv->uevent_fd, message, sizeof(message), &sender)) != 0) {
		/* ENOBUFS: some were lost, and there is no telling which. */
		if (n < 0 && errno != ENOBUFS)
			break;
		if (n > 0 && sender)
			continue;
		matters |= n < 0 || uevent_matters(message, (size_t)n);
		if (n < 0)
			lost = true;
		else
			bound_uevent(&sv->bound, message, (size_t)n);
	}
	/* Only now: the loss is told first, and what was queued before it is older than a look at sysfs. */
	if (lost)
		bound_lost(&sv->bound);
	if (!matters)
		return;
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (sv->slots[i].used)
			slot_look(&sv->slots[i]);
	slots_scan(sv);
	refresh_guard(sv);
}

static void handle(struct service *sv, int fd)
{
	if (fd == sv->signal_fd)
		on_signal(sv);
	else if (fd == sv->done_fd)
		on_done(sv);
	else if (fd == sv->uevent_fd)
		on_uevent(sv);
	else if (fd == sv->control_fd)
		control_answer(sv);
	else if (fd == sv->timer_fd) {
		drain_fd(sv->timer_fd);
		on_tick(sv);
	} else if (sv->watch && fd == watch_fd(sv->watch))
		watch_dispatch(sv->watch, on_watch, sv);
	else if (sv->other_sysfs && fd == other_sysfs_fd(sv->other_sysfs))
		other_sysfs_dispatch(sv->other_sysfs);
	else if (sv->guard && fd == guard_event_fd(sv->guard))
		guard_consume(sv->guard, on_guard_event, sv);
}

static void loop(struct service *sv)
{
	struct epoll_event events[8];
	int n;

	while (!sv->ending || any_active(sv)) {
		set_timer(sv);
		n = epoll_wait(sv->epoll_fd, events, 8, -1);
		for (int i = 0; i < n; i++)
			handle(sv, events[i].data.fd);
		slots_leave_stale(sv);
		unbind_tick(sv);
		tend_episodes(sv);
		if (sv->heartbeat)
			atomic_fetch_add(sv->heartbeat, 1);
	}
}

static int open_uevents(void)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_KOBJECT_UEVENT);
	const int room = UEVENT_ROOM;

	/* Not essential: a loss is noticed. */
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0)
		log_debug("uevents: %s", strerror(errno));
	/* Without them (no CONFIG_NET) the tick finds what comes and goes, a second later. */
	if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
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
	sv->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sv->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	sv->uevent_fd = open_uevents();
	bound_begin(&sv->bound, sv->uevent_fd >= 0);
	sv->control_fd = control_listen();
	if (sv->control_fd < 0) {
		log_error("%s: %s", CONTROL_SOCKET, strerror(-sv->control_fd));
		return -1;
	}
	if (sv->signal_fd < 0 || sv->timer_fd < 0 || sv->done_fd < 0 || sv->epoll_fd < 0) {
		log_error("no descriptors for the event loop: %s", strerror(errno));
		return -1;
	}
	return 0;
}

static void poll_descriptors(struct service *sv)
{
	const int fds[] = {
		sv->signal_fd,
		sv->timer_fd,
		sv->done_fd,
		sv->uevent_fd,
		sv->control_fd,
		sv->watch ? watch_fd(sv->watch) : -1,
		sv->guard ? guard_event_fd(sv->guard) : -1,
		sv->other_sysfs ? other_sysfs_fd(sv->other_sysfs) : -1,
	};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.fd = fds[i] };

		if (fds[i] >= 0)
			epoll_ctl(sv->epoll_fd, EPOLL_CTL_ADD, fds[i], &event);
	}
}

static void begin_other_sysfs(struct service *sv)
{
	if (!sv->watch)
		return;
	sv->other_sysfs = other_sysfs_begin(sv->watch);
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

static void close_all(struct service *sv)
{
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (sv->slots[i].used)
			slot_end(&sv->slots[i]);
	episodes_close(sv->episodes);
	other_sysfs_end(sv->other_sysfs);
	watch_close(sv->watch);
	/* One that is stuck in an execve() of somebody's ends with the process. */
	if (!hold_ejection_runs())
		guard_close(sv->guard);
	if (sv->control_fd >= 0)
		control_end(sv->control_fd);
	unlink(READY_FILE);
	status_file_end();
	other_nodes_wait();
	helper_end();
	bound_end(&sv->bound);
	log_queue_end(LAST_LINES_MS);
}

/* The last thing before an exit, however it came to it: nothing of ours is left in the kernel. */
int service_run(const struct config *config, bool observe_only, atomic_uint *heartbeat)
{
	struct service *sv = calloc(1, sizeof(*sv));
	int status, err;

	if (!sv)
		return EXIT_STATUS_FAILED;
	sv->status = EXIT_STATUS_FAILED;
	sv->config = config;
	sv->observe_only = observe_only;
	sv->heartbeat = heartbeat;
	sv->started_ms = clock_ms();
	sv->control_fd = -1;
	/* While there is no other thread. */
	err = helper_begin();
	if (err)
		log_warning(
			"no helpers: %s; what others keep in their memory or in their /dev is not "
			"looked at",
			strerror(-err));
	/* What is put into RUN_DIR is for all to read and for nobody else to write. */
	umask(0022);
	log_queue_begin();
	shortage_prepare();
	go_first();
	if (open_descriptors(sv) < 0)
		goto out;
	status_file_begin();
	keepout_recover();
	other_nodes_recover();
	park_recover();
	sv->status = guard_setup(config, observe_only, &sv->level, &sv->guard, &sv->watch);
	if (sv->status != EXIT_STATUS_DONE)
		goto out;
	sv->episodes = episodes_open(config, sv->guard, sv->level);
	slots_scan(sv);
	begin_other_sysfs(sv);
	poll_descriptors(sv);
	check_sections(sv);
	control_save(sv);
	announce_ready(sv);
	loop(sv);
out:
	status = sv->status;
	close_all(sv);
	free(sv);
	return status;
}
