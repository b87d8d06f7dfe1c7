// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether every endpoint is known, and room for new ones: what bpf/ledger.bpf.h leaves to user space.
 *
 * Threads: kside_channels_may_be_gone() is called by the threads of remote processors, all else by the thread of
 * kside_refresh(). One lock for both: the world is closed by steps that must not mix.
 */
#include <dirent.h>
#include <errno.h>

#include "kernel_side/private.h"
#include "log/log.h"
#include "system/files.h"

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

void world_open(struct kside *g)
{
	__atomic_store_n(&g->skel->bss->world_closed, 0, __ATOMIC_SEQ_CST);
}

/* Creations of endpoints that have begun since the world was closed, or was to be, and not ended. */
static int64_t creations(const struct kside *g)
{
	return __atomic_load_n(&g->skel->bss->n_creating, __ATOMIC_SEQ_CST) -
	       g->skel->bss->missed_creations;
}

static uint64_t begun(const struct kside *g)
{
	return __atomic_load_n(&g->skel->bss->creations_begun, __ATOMIC_SEQ_CST);
}

static uint64_t lost(const struct kside *g)
{
	return __atomic_load_n(&g->skel->bss->lost_endpoints, __ATOMIC_SEQ_CST);
}

static bool world_is_known(const struct kside *g)
{
	return lost(g) == g->skel->bss->lost_before && !creations(g) &&
	       hooks_see_endpoints(g->hooks) && homes_are_current(hooks_homes(g->hooks));
}

/* Looks may follow each other at once, and a task may be preempted in a creation. */
#define CREATION_MS 500

/*
 * A creation takes microseconds: what is under way for so long, while no other has begun, has ended unseen, or began
 * before anybody looked. (Behind each event the service looks again several times.) The kernel side has not taken an
 * unknown endpoint for dead meanwhile; now the world stays open until there is no channel, and with it no endpoint. The
 * endpoint may have been given the memory of a dead one: those are forgotten.
 */
static void look_for_missed_creations(struct kside *g)
{
	const uint64_t begun_now = begun(g), now_ms = clock_ms();
	const int64_t now = creations(g);

	if (now != g->creations || begun_now != g->begun)
		g->since_ms = now_ms;
	g->creations = now;
	g->begun = begun_now;
	if (!now || now_ms - g->since_ms < CREATION_MS)
		return;
	log_warning("the guard missed the creation of an endpoint: from now on sends on unknown "
		    "endpoints run, until no channel is left");
	world_open(g);
	__atomic_fetch_add(&g->skel->bss->missed_creations, now, __ATOMIC_SEQ_CST);
	world_forget_dead(g);
}

static void tell_of_lost(struct kside *g)
{
	const bool full = lost(g) != g->skel->bss->lost_before;

	if (full && !g->told_of_lost)
		log_warning(
			"there are more than %u endpoints, and the guard knows only so many: until no "
			"channel is left, sends on the others fail while a remote processor is down",
			RG_ENDPOINTS_MAX);
	g->told_of_lost = full;
}

/*
 * See ledger.bpf.h. The order matters: first the probe is there, then the look at the bus. Endpoints that had found
 * no room before that look are gone; what would have opened the world a moment earlier has not seen it closed, hence
 * the second look.
 */
static void close_world(struct kside *g)
{
	const uint64_t lost_before = lost(g);

	if (g->skel->bss->world_closed || creations(g) || !no_channels())
		return;
	__atomic_store_n(&g->skel->bss->lost_before, lost_before, __ATOMIC_SEQ_CST);
	if (!world_is_known(g))
		return;
	__atomic_store_n(&g->skel->bss->world_closed, 1, __ATOMIC_SEQ_CST);
	if (world_is_known(g))
		log_debug("every endpoint is known from now on");
	else
		world_open(g);
}

/*
 * A look and a removal are two steps, and between them the memory may become that of a new endpoint. Its messages
 * would be dropped for as long as it lives, so the world is opened if a creation was under way or has begun.
 */
static void forget_if_dead(struct kside *g, uint64_t key)
{
	const struct bpf_map *ledger = g->skel->maps.ledger;
	const uint64_t before = begun(g);
	const bool quiet = !creations(g);
	struct rg_endpoint entry;

	if (map_lookup(ledger, &key, &entry) || !entry.dead || map_delete(ledger, &key))
		return;
	__atomic_fetch_sub(&g->skel->bss->n_endpoints, 1, __ATOMIC_RELAXED);
	if (!quiet || begun(g) != before)
		world_open(g);
}

void world_forget_dead(struct kside *g)
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
static void make_room(struct kside *g)
{
	if (g->skel->bss->world_closed && !creations(g) &&
	    g->skel->bss->n_endpoints >= RG_ENDPOINTS_MAX / 2)
		world_forget_dead(g);
}

void world_look(struct kside *g)
{
	pthread_mutex_lock(&g->world);
	look_for_missed_creations(g);
	close_world(g);
	make_room(g);
	tell_of_lost(g);
	pthread_mutex_unlock(&g->world);
}

void kside_channels_may_be_gone(struct kside *g)
{
	pthread_mutex_lock(&g->world);
	close_world(g);
	make_room(g);
	pthread_mutex_unlock(&g->world);
}
