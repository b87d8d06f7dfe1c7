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

static bool world_is_known(const struct kside *g)
{
	return !__atomic_load_n(&g->skel->bss->lost_endpoints, __ATOMIC_SEQ_CST) &&
	       hooks_see_endpoints(g->hooks) && hooks_are_current(g->hooks);
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
		log_debug("every endpoint is known from here on");
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

/*
 * Makes room in the ledger. In the closed world an unknown endpoint is a dead one, so nothing is
 * lost with an entry that says dead.
 */
static void purge_ledger(struct kside *g)
{
	struct rg_endpoint entries[MAP_BATCH];
	uint64_t keys[MAP_BATCH];
	uint32_t cursor = 0, count;
	bool first = true;
	int err;

	if (!g->skel->bss->world_closed || g->skel->bss->n_endpoints < RG_ENDPOINTS_MAX / 2)
		return;
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

bool kside_is_current(struct kside *g)
{
	if (hooks_are_current(g->hooks))
		return true;
	/* Endpoints may be made that nobody sees. */
	set_world(g, false);
	return false;
}

int kside_refresh(struct kside *g, char *reason, size_t len)
{
	const unsigned int changes = hooks_look(g->hooks);
	int err;

	/* Before the detaching and attaching, which take their time. */
	if (changes) {
		set_world(g, false);
		event_forget_callers();
	}
	if (changes & 1u << REMOTEPROC) {
		callers_take_back(g);
		g->callers_known = false;
	}
	err = hooks_refresh(g->hooks, changes, reason, len);
	/* Three readings of the kernel's symbols, for those that turn callers back. */
	if (!g->callers_known && g->level == LEVEL_OVERRIDE)
		g->callers_known = callers_find(g);
	close_world(g);
	purge_ledger(g);
	return err ?: layout_check(g, reason, len);
}
