// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeping up with modules that come and go: what is attached, who may be turned back, and whether every
 * endpoint is known.
 */
#include <dirent.h>
#include <errno.h>

#include "kernel_side/event.h"
#include "kernel_side/private.h"
#include "log/log.h"

/* A missing folder is no answer: the bus does not exist before rpmsg_core is loaded. */
static bool no_channels(void)
{
	DIR *dir = opendir("/sys/bus/rpmsg/devices");
	const struct dirent *entry;
	bool empty = true;

	if (!dir)
		return false;
	while (empty && (entry = readdir(dir)))
		empty = entry->d_name[0] == '.';
	closedir(dir);
	return empty;
}

static void set_world(struct kside *g, bool closed)
{
	__atomic_store_n(&g->skel->bss->world_closed, closed, __ATOMIC_SEQ_CST);
}

/* Creations of endpoints that have begun since the world was closed, or was to be, and not ended. */
static int64_t creations(const struct kside *g)
{
	return __atomic_load_n(&g->skel->bss->n_creating, __ATOMIC_SEQ_CST) -
	       g->skel->bss->missed_creations;
}

static bool world_is_known(const struct kside *g)
{
	return !__atomic_load_n(&g->skel->bss->lost_endpoints, __ATOMIC_SEQ_CST) && !creations(g) &&
	       hooks_see_endpoints(g->hooks) && homes_are_current(hooks_homes(g->hooks));
}

/*
 * A creation takes microseconds: what is under way at two looks in a row has ended unseen, or began
 * before anybody looked. The kernel side has not taken an unknown endpoint for dead meanwhile; now the
 * world stays open until there is no channel, and with it no endpoint.
 */
static void look_for_missed_creations(struct kside *g)
{
	const int64_t now = creations(g);
	const bool missed = now && now == g->creations;

	g->creations = missed ? 0 : now;
	if (!missed)
		return;
	if (g->skel->bss->world_closed)
		log_warning("the guard missed the creation of an endpoint: from now on sends on "
			    "unknown endpoints run, until no channel is left");
	set_world(g, false);
	__atomic_fetch_add(&g->skel->bss->missed_creations, now, __ATOMIC_SEQ_CST);
}

/*
 * See ledger.bpf.h. The order matters: first the probe is there, then the look at the bus. What would
 * have opened the world a moment earlier has not seen it closed, hence the second look.
 */
static void close_world(struct kside *g)
{
	if (g->skel->bss->world_closed || !world_is_known(g) || !no_channels())
		return;
	set_world(g, true);
	if (world_is_known(g))
		log_debug("every endpoint is known from now on");
	else
		set_world(g, false);
}

static void forget_if_dead(struct kside *g, uint64_t key)
{
	const struct bpf_map *ledger = g->skel->maps.ledger;
	struct rg_endpoint entry;

	/* Its memory may be that of a new endpoint by now. */
	if (map_lookup(ledger, &key, &entry) == 0 && entry.dead && map_delete(ledger, &key) == 0)
		__atomic_fetch_sub(&g->skel->bss->n_endpoints, 1, __ATOMIC_RELAXED);
}

static void forget_dead(struct kside *g)
{
	struct rg_endpoint entries[MAP_BATCH];
	uint64_t keys[MAP_BATCH];
	uint32_t cursor = 0, count;
	bool first = true;
	int err;

	do {
		count = MAP_BATCH;
		err = map_read(g->skel->maps.ledger, &cursor, first, keys, entries, &count);
		if (err && err != -ENOENT)
			return;
		for (uint32_t i = 0; i < count; i++)
			if (entries[i].dead)
				forget_if_dead(g, keys[i]);
		first = false;
	} while (!err);
}

/*
 * Makes room in the ledger. In the closed world an unknown endpoint is a dead one, so nothing is
 * lost with an entry that says dead.
 */
static void purge_ledger(struct kside *g)
{
	if (g->skel->bss->world_closed && !creations(g) &&
	    g->skel->bss->n_endpoints >= RG_ENDPOINTS_MAX / 2)
		forget_dead(g);
}

/*
 * A bus that was loaded anew may have created endpoints before it was hooked, in the memory of dead ones: their
 * messages would be dropped for as long as they live. A bus that is only gone creates none.
 */
static bool may_have_reused(const struct homes *homes, unsigned int changes)
{
	return changes & 1u << VIRTIO_RPMSG_BUS && homes->found[VIRTIO_RPMSG_BUS];
}

bool kside_is_current(struct kside *g)
{
	if (homes_are_current(hooks_homes(g->hooks)))
		return true;
	/* Endpoints may be made that nobody sees. */
	set_world(g, false);
	return false;
}

int kside_refresh(struct kside *g, char *reason, size_t len)
{
	const unsigned int changes = homes_look(hooks_homes(g->hooks));
	int err;

	/* Before the detaching and attaching, which take their time. */
	if (changes) {
		set_world(g, false);
		event_forget_callers();
		if (may_have_reused(hooks_homes(g->hooks), changes))
			forget_dead(g);
	}
	if (changes & 1u << REMOTEPROC) {
		callers_take_back(g);
		g->callers_known = false;
	}
	err = hooks_refresh(g->hooks, changes, reason, len);
	senders_look_at_unrecorded(g);
	/* Another reading of the kernel's symbols, for those that turn callers back. */
	if (!g->callers_known && g->level == LEVEL_OVERRIDE)
		g->callers_known = callers_find(g);
	trampolines_look(g);
	look_for_missed_creations(g);
	close_world(g);
	purge_ledger(g);
	records_take_back(g);
	return err ?: layout_check(g, reason, len);
}
