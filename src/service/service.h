/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The root service: one event loop over the marked files, the kernel side's events, remote processors
 * that come and go, and the status socket. It classifies what happens, and posts it to the threads of
 * the remote processors (rproc/rproc.h); it waits for nobody.
 */
#ifndef RPMSG_GUARD_SERVICE_SERVICE_H
#define RPMSG_GUARD_SERVICE_SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "kernel_side/kside.h"
#include "kernel_side/removals.h"
#include "hold/other_sysfs.h"
#include "hold/park.h"
#include "rproc/rproc.h"
#include "rproc/unbind.h"
#include "service/agenda.h"
#include "service/kept_file.h"
#include "service/starts.h"
#include "system/bound.h"

struct service;

/* What the loop polls, and what it calls when there is something to read. */
struct source {
	int fd;
	void (*handle)(struct service *sv);
};

#define SOURCES_MAX 9

/* A caller that wants to remove a module, until it has gone on and nobody above it reacts any more. */
struct remover {
	struct removal removal;
	struct park_ancestors above;
	bool posted;	     /* its removal is decided on */
	bool no_right;	     /* it may not remove modules: the kernel will say so */
	uint64_t decided_ms; /* 0: not seen decided yet */
	uint64_t seen_ms;
};

struct service {
	const struct config *config;
	enum level level;
	bool observe_only; /* never interfere: nothing is marked, nothing is refused */
	struct rproc_world world;
	struct other_sysfs *other_sysfs; /* NULL without watch */
	struct chores *chores;
	struct bound bound;
	struct unbinds unbinds;
	struct rproc rprocs[REMOTEPROC_MAX];
	struct remover removers[REMOVALS_MAX];
	size_t n_removers;
	uint64_t removals_refused; /* said already */
	uint64_t refused_line_ms;  /* when the next line may say it */
	bool callers_came; /* the kernel side has turned callers back: they are looked at once */
	struct source sources[SOURCES_MAX];
	size_t n_sources;
	int epoll_fd, signal_fd, timer_fd, uevent_fd, control_fd;
	int crash_fd;	       /* or -1 */
	uint32_t crash_source; /* its place in sources[] */
	bool crashes_paused;
	atomic_uint *heartbeat; /* or NULL */
	uint64_t started_ms;
	bool ending;	       /* asked to end; goes on until no hold is left */
	uint64_t signalled_ms; /* when a signal has asked, or 0 */
	bool threads_end; /* no hold is left: the threads are asked to end, and nobody is held any more */
	int status;	  /* what the service ends with */
	bool told_ready; /* systemd has taken "READY=1" */
	int begin_error; /* of the last remote processor that could not be guarded, said once */
	struct agenda agenda;
	struct starts starts;
	struct kept_file *status_file, *metrics_file; /* or NULL */
};

/*
 * Runs until it is asked to end. Returns an exit status. @heartbeat, which may be NULL, is increased
 * at least every HEARTBEAT_MS.
 */
int service_run(const struct config *config, bool observe_only, atomic_uint *heartbeat);

#endif
