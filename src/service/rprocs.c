// SPDX-License-Identifier: GPL-2.0-only
/* Keeps the guards of remote processors in step with what sysfs shows. */
#include "service/rprocs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hold/park.h"
#include "kernel_side/removals.h"
#include "log/log.h"
#include "rproc/life.h"
#include "system/drivers.h"
#include "system/task.h"

struct rproc *rprocs_next(struct service *sv, const struct rproc *r)
{
	for (size_t i = r ? (size_t)(r - sv->rprocs) + 1 : 0; i < REMOTEPROC_MAX; i++)
		if (sv->rprocs[i].used)
			return &sv->rprocs[i];
	return NULL;
}

struct rproc *rprocs_find(struct service *sv, int index)
{
	for_each_rproc (sv, r)
		if (r->rp.index == index)
			return r;
	return NULL;
}

/*
 * See hold/watch.h: what cannot be held at open is held at rproc_shutdown, for which the level has
 * to be there. Who relies on it has to know before the first stop and not after it.
 */
static void warn_of_cdev(const struct service *sv, const struct remoteproc *rp)
{
	char node[48];

	snprintf(node, sizeof(node), "/dev/%s", rp->name);
	if (sv->level != LEVEL_OVERRIDE && access(node, F_OK) == 0)
		log_warning("%s: a stop through this file is NOT held: that needs level "
			    "override; use the file 'state'",
			    node);
}

/* For the first time or anew: what is said of it, and what it takes part in. */
static void tell_begun(struct service *sv, struct rproc *r, const struct remoteproc *rp, int err)
{
	/* One that is just being removed still has a name, but no files any more. */
	if (err == -ENOENT || err == -ENODEV)
		return;
	if (err && err != sv->begin_error)
		log_as(LOG_INCOMPLETE, LVL_ERROR, "%s: NOT guarded (%s): %s", rp->name,
		       rp->device_name, strerror(-err));
	sv->begin_error = err;
	if (err)
		return;
	log_info("%s: guarded (%s)", rp->name, rp->device_name);
	if (sv->other_sysfs)
		other_sysfs_renew(sv->other_sysfs);
	warn_of_cdev(sv, rp);
	unbinds_join(&sv->unbinds, r);
}

static void begin(struct service *sv, const struct remoteproc *rp)
{
	const struct rproc_config *config = config_for(sv->config, rp->device_name, rp->name);
	struct rproc *r = NULL;

	for (size_t i = 0; i < REMOTEPROC_MAX && !r; i++)
		if (!sv->rprocs[i].used)
			r = &sv->rprocs[i];
	tell_begun(sv, r, rp, r ? rproc_begin(r, rp, config, &sv->world) : -ENOSPC);
}

/* @rp is who has the number now, or NULL. */
static void leave(struct service *sv, struct rproc *r, const struct remoteproc *rp)
{
	log_info("%s: gone (%s)", r->rp.name, r->rp.device_name);
	if (rp)
		tell_begun(sv, r, rp,
			   rproc_renew(r, rp, config_for(sv->config, rp->device_name, rp->name)));
	else
		rproc_end(r);
}

static const struct remoteproc *find_listed(const struct remoteproc *all, size_t n, int index)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].index == index)
			return &all[i];
	return NULL;
}

static void mark_unbinds(struct service *sv)
{
	static struct unbind_files files[REMOTEPROC_MAX];
	const char *paths[REMOTEPROC_MAX * UNBIND_FILES_MAX];
	size_t n = 0;

	/* What is being unbound right now no longer shows; its mark tells when it is over. */
	if (!sv->world.watch || unbinds_busy(&sv->unbinds))
		return;
	for_each_rproc (sv, r) {
		struct unbind_files *f = &files[r - sv->rprocs];

		unbind_files_find(&r->rp, f);
		for (size_t i = 0; i < f->n; i++)
			paths[n++] = f->paths[i];
	}
	watch_unbinds(sv->world.watch, paths, n);
}

/* The removal of the modules that @r hangs on now is turned back from here on. */
static void guard_modules(struct service *sv, const struct rproc *r)
{
	struct driver_modules modules;

	if (!sv->world.kside || !parking_is_possible(sv->world.kside))
		return;
	/* Bound with the first start only, and that may be over before its uevent is read. */
	removals_guard(sv->world.kside, "virtio_rpmsg_bus");
	driver_modules_find(&r->rp, &modules);
	for (size_t i = 0; i < modules.n; i++)
		removals_guard(sv->world.kside, modules.names[i]);
}

void rprocs_scan(struct service *sv)
{
	static struct remoteproc all[REMOTEPROC_MAX];
	const size_t n = remoteproc_list(all, REMOTEPROC_MAX);

	for_each_rproc (sv, r) {
		if (!rproc_is_gone(r))
			continue;
		rproc_leave(r);
		if (rproc_has_left(r))
			leave(sv, r, find_listed(all, n, r->rp.index));
	}
	for (size_t i = 0; i < n; i++) {
		struct rproc *r = rprocs_find(sv, all[i].index);

		if (!r)
			begin(sv, &all[i]);
		else if (sv->world.watch && !rproc_is_gone(r))
			watch_add(sv->world.watch, &all[i]); /* "recovery" may be new */
	}
	mark_unbinds(sv);
	for_each_rproc (sv, r)
		guard_modules(sv, r);
}

struct rproc *rprocs_find_now(struct service *sv, int index)
{
	struct rproc *r = rprocs_find(sv, index);

	if (r && !rproc_is_gone(r))
		return r;
	rprocs_scan(sv);
	return rprocs_find(sv, index);
}

void rprocs_leave(struct service *sv)
{
	bool any = false;

	for_each_rproc (sv, r)
		any |= rproc_has_left(r);
	if (any)
		rprocs_scan(sv);
}

static void leave_unguarded(struct service *sv, const struct parked *p)
{
	if (p->restarts)
		parked_decide(sv->world.kside, p, PARKED_FREE);
	else
		parked_forget(sv->world.kside, p->key);
}

/*
 * An event announces each, but an event can be lost and a decision can cross with a signal, so the list
 * itself is what counts.
 */
void rprocs_offer_parked(struct service *sv)
{
	struct kside *kside = sv->world.kside;
	struct parked all[PARKED_MAX];
	const size_t n = kside ? parked_list(kside, all, PARKED_MAX) : 0;
	struct rproc *r;

	for (size_t i = 0; i < n; i++) {
		if (all[i].restarts && !task_alive(all[i].tid)) {
			parked_forget(kside, all[i].key);
			continue;
		}
		r = rprocs_find_now(sv, all[i].rproc);
		/* One that has just gone may be the one before: after its thread has ended. */
		if (r && rproc_is_gone(r))
			continue;
		if (r && !all[i].decided) {
			inbox_post_parked(&r->inbox, &all[i]);
			continue;
		}
		/* Nobody guards that one (any more), or it was stopped once more on its way. */
		if (!r)
			leave_unguarded(sv, &all[i]);
		park_continue_if_stopped(all[i].pid);
	}
}

void rprocs_free_parked(struct service *sv)
{
	struct parked all[PARKED_MAX];
	size_t n;

	parking_end(sv->world.kside);
	n = parked_list(sv->world.kside, all, PARKED_MAX);
	for (size_t i = 0; i < n; i++) {
		leave_unguarded(sv, &all[i]);
		park_continue_if_stopped(all[i].pid);
	}
}

void rprocs_look(struct service *sv)
{
	for_each_rproc (sv, r)
		rproc_look(r);
}

bool rprocs_busy(struct service *sv)
{
	for_each_rproc (sv, r)
		if (rproc_is_busy(r))
			return true;
	return unbinds_busy(&sv->unbinds);
}

bool rprocs_have_ended(struct service *sv)
{
	for_each_rproc (sv, r)
		if (!rproc_has_left(r))
			return false;
	return true;
}

void rprocs_ask_end(struct service *sv)
{
	for_each_rproc (sv, r)
		rproc_ask_end(r);
}

void rprocs_end(struct service *sv)
{
	for_each_rproc (sv, r)
		rproc_end(r);
}
