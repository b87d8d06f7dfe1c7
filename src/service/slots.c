// SPDX-License-Identifier: GPL-2.0-only
#include "service/slots.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log/log.h"

struct slot *slots_find(struct service *sv, int index)
{
	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		if (sv->slots[i].used && sv->slots[i].rp.index == index)
			return &sv->slots[i];
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
		log_warning("a stop through %s is NOT held below level override, only one through "
			    "the state file is",
			    node);
}

/* What a slot is begun with, for the first time or anew, and what is said of it. */
static void slot_begun(struct service *sv, struct slot *s, const struct remoteproc *rp, int err)
{
	/* One that is just being removed still has a name, but no files any more. */
	if (err == -ENOENT || err == -ENODEV)
		return;
	if (err && err != sv->begin_error)
		log_error("%s (%s) is NOT guarded: %s", rp->name, rp->device_name, strerror(-err));
	sv->begin_error = err;
	if (err)
		return;
	log_info("%s (%s) is guarded", rp->name, rp->device_name);
	episode_open(&s->episode, sv->episodes, &s->rp);
	s->bound = &sv->bound;
	if (sv->other_sysfs)
		other_sysfs_renew(sv->other_sysfs);
	warn_of_cdev(sv, rp);
	slot_admit_queued(s);
}

static void begin_slot(struct service *sv, const struct remoteproc *rp)
{
	const struct rproc_config *config = config_for(sv->config, rp->device_name, rp->name);
	struct slot *s = NULL;

	for (size_t i = 0; i < REMOTEPROC_MAX && !s; i++)
		if (!sv->slots[i].used)
			s = &sv->slots[i];
	slot_begun(sv, s, rp,
		   s ? slot_begin(s, rp, config, sv->watch, sv->guard, sv->done_fd) : -ENOSPC);
}

/* @rp is who has the number of the slot now, or NULL. */
static void leave_slot(struct service *sv, struct slot *s, const struct remoteproc *rp)
{
	log_info("%s (%s) has gone", s->rp.name, s->rp.device_name);
	if (!rp)
		slot_end(s);
	else
		slot_begun(sv, s, rp,
			   slot_renew(s, rp, config_for(sv->config, rp->device_name, rp->name)));
}

static const struct remoteproc *find_listed(const struct remoteproc *all, size_t n, int index)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].index == index)
			return &all[i];
	return NULL;
}

void slots_scan(struct service *sv)
{
	static struct remoteproc all[REMOTEPROC_MAX];
	size_t n = remoteproc_list(all, REMOTEPROC_MAX);

	for (size_t i = 0; i < REMOTEPROC_MAX; i++) {
		struct slot *s = &sv->slots[i];

		if (!s->used || !slot_is_stale(s))
			continue;
		slot_abandon(s);
		if (s->phase == SLOT_IDLE)
			leave_slot(sv, s, find_listed(all, n, s->rp.index));
	}
	for (size_t i = 0; i < n; i++) {
		struct slot *s = slots_find(sv, all[i].index);

		if (!s)
			begin_slot(sv, &all[i]);
		else if (sv->watch && !slot_is_stale(s))
			watch_add(sv->watch, &all[i]); /* "recovery" may be new */
	}
	unbind_mark(sv);
}

struct slot *slots_find_now(struct service *sv, int index)
{
	struct slot *s = slots_find(sv, index);

	if (s && !slot_is_stale(s))
		return s;
	slots_scan(sv);
	return slots_find(sv, index);
}

void slots_leave_stale(struct service *sv)
{
	bool any = false;

	for (size_t i = 0; i < REMOTEPROC_MAX; i++)
		any |= sv->slots[i].used && sv->slots[i].phase == SLOT_IDLE &&
		       slot_is_stale(&sv->slots[i]);
	if (any)
		slots_scan(sv);
}
