// SPDX-License-Identifier: GPL-2.0-only
/* How the service begins, what it needs for that, and how it ends. */
#include "service/service.h"

#include <errno.h>
#include <fcntl.h>
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

#include "helper/helper.h"
#include "hold/hold.h"
#include "hold/other_nodes.h"
#include "hold/park.h"
#include "log/journal_socket.h"
#include "log/log.h"
#include "service/chores.h"
#include "service/control.h"
#include "service/crashes.h"
#include "service/loop.h"
#include "service/notify.h"
#include "service/rprocs.h"
#include "service/shortage.h"
#include "service/uevents.h"
#include "system/exit_status.h"
#include "system/files.h"
#include "system/optimization.h"
#include "system/run_dir.h"
#include "system/task.h"

/* How long the end waits for whoever reads the log. */
#define LAST_LINES_MS 1000
/* The metrics file may be on flash, and nobody reads it more often. */
#define METRICS_PAUSE_MS 5000

/* A section may be for one that comes later, so this is no error; a misspelt name has to show. */
static void check_sections(struct service *sv)
{
	for (const struct rproc_section *c = sv->config->sections; c; c = c->next) {
		bool known = false;

		for_each_rproc (sv, r)
			known |= strcmp(r->rp.name, c->name) == 0 ||
				 strcmp(r->rp.device_name, c->name) == 0;
		if (!known)
			log_warning("configuration: there is no remote processor '%s' yet; "
				    "'rpmsg-guard status' lists the remote processors",
				    c->name);
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
		log_debug("the priority cannot be raised: %s", strerror(errno));
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
		log_error("the event loop cannot open its descriptors: %s", strerror(errno));
		return -1;
	}
	return 0;
}

static void begin_other_sysfs(struct service *sv)
{
	/* Without network namespaces there is one sysfs. */
	if (!sv->world.watch || !task_namespace("self", "net"))
		return;
	sv->other_sysfs = other_sysfs_begin(sv->world.watch);
	if (!sv->other_sysfs)
		log_warning("stops through the sysfs of other network namespaces are NOT held: "
			    "no memory");
}

static bool has_rproc(struct service *sv)
{
	for_each_rproc (sv, r)
		return true;
	return false;
}

static void announce_ready(struct service *sv)
{
	int err = file_replace(READY_FILE, level_name(sv->level));

	if (err)
		log_warning("%s: %s", READY_FILE, strerror(-err));
	start_give_back();
	sv->told_ready = notify_systemd("READY=1");
	log_notice("guarding at level %s", level_name(sv->level));
	if (!has_rproc(sv))
		log_notice("there is no remote processor yet: waiting for one");
}

/* Returns an exit status. */
static int begin_guarding(struct service *sv)
{
	int err = kside_setup(sv->config, sv->observe_only, &sv->level, &sv->world.kside);
	char reason[256] = "";

	if (err)
		return err == -EINVAL ? EXIT_STATUS_USAGE : EXIT_STATUS_KERNEL;
	journal_set_level(level_name(sv->level));
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
	bool kside_in_use;

	rprocs_end(sv);
	episodes_close(sv->world.episodes);
	/* A thread that is stuck in somebody's file system ends with the process. */
	if (other_sysfs_end(sv->other_sysfs))
		watch_close(sv->world.watch);
	/* One that is stuck in an execve() of somebody's ends with the process. */
	kside_in_use = !chores_end(sv->chores) || hold_ejection_runs();
	if (!kside_in_use)
		kside_close(sv->world.kside);
	if (sv->control_fd >= 0)
		control_end(sv->control_fd);
	unlink(READY_FILE);
	kept_file_end(sv->metrics_file);
	kept_file_end(sv->status_file);
	starts_end(&sv->starts);
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
		log_warning("helper processes cannot be started: %s; the guard does not read the "
			    "memory of callers and the /dev of containers",
			    strerror(-err));
}

/* Puts back the nodes that an instance has left that died in a hold. */
static void recover(void)
{
	keepout_recover();
	other_nodes_recover();
}

/* The kernel side tells of them, too, but a probe that is hit within another one does not run. */
static void hear_crashes(struct service *sv)
{
	sv->crash_fd = crashes_open();
	sv->world.hears_crashes = sv->crash_fd >= 0;
}

static void begin_files(struct service *sv)
{
	const char *metrics = sv->config->metrics_file;

	sv->status_file = kept_file_begin(STATUS_FILE, 0, false);
	/* A dead instance may have left the metrics, which say that it guards. */
	if (metrics)
		sv->metrics_file = kept_file_begin(metrics, METRICS_PAUSE_MS, true);
}

/* Returns an exit status. */
static int begin(struct service *sv)
{
	int status;

	starts_begin(&sv->starts);
	if (open_descriptors(sv) < 0)
		return EXIT_STATUS_FAILED;
	begin_files(sv);
	recover();
	status = begin_guarding(sv);
	if (status != EXIT_STATUS_DONE)
		return status;
	unbinds_begin(&sv->unbinds, sv->world.watch, sv->world.kside);
	sv->world.bound = &sv->bound;
	sv->world.episodes = episodes_open(sv->config, sv->world.kside, sv->level);
	sv->chores = chores_begin(sv->world.kside, sv->world.wake_fd);
	optimization_tells(sv->world.wake_fd);
	if (!sv->chores) {
		log_error("the thread that attaches hooks to new modules cannot be started");
		return EXIT_STATUS_FAILED;
	}
	hear_crashes(sv);
	rprocs_scan(sv);
	begin_other_sysfs(sv);
	loop_poll(sv);
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
	sv->control_fd = sv->crash_fd = -1;
	/* While there is no other thread. */
	begin_helpers();
	/* What is put into RUN_DIR is for all to read and for nobody else to write. */
	umask(0022);
	log_queue_begin();
	shortage_prepare();
	go_first();
	sv->status = begin(sv);
	/* When all is guarded: whoever makes its call again is turned back again. */
	park_recover();
	if (sv->status == EXIT_STATUS_DONE) {
		check_sections(sv);
		control_save(sv);
		announce_ready(sv);
		loop_run(sv);
	}
	status = sv->status;
	close_all(sv);
	free(sv);
	return status;
}
