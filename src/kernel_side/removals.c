// SPDX-License-Identifier: GPL-2.0-only
/* Which modules are guarded, and the callers that want to remove one, as they stand in the maps. */
#include "kernel_side/removals.h"

#include <errno.h>
#include <string.h>

#include "kernel_side/private.h"
#include "log/log.h"
#include "system/task.h"

_Static_assert(REMOVALS_MAX == RG_REMOVALS_MAX, "the map and its readers have the same size");

/* O_TRUNC of asm-generic/fcntl.h, which x86, arm and arm64 have: try_force_unload() in kernel/module. */
#define FORCED 01000

void removals_guard(struct kside *g, const char *module)
{
	const uint32_t one = 1;
	char *name;

	for (size_t i = 0; i < g->n_modules; i++)
		if (strcmp(g->modules[i], module) == 0)
			return;
	if (g->n_modules == RG_MODULES_MAX || strlen(module) >= RG_MODULE_NAME)
		return;
	name = g->modules[g->n_modules];
	/* All bytes of a key count. */
	memset(name, 0, RG_MODULE_NAME);
	memcpy(name, module, strlen(module));
	if (map_update(g->skel->maps.guarded_modules, name, &one, BPF_ANY) < 0)
		return;
	log_debug("the removal of module %s is held", name);
	g->n_modules++;
}

static void describe(uint64_t key, const struct rg_removal *entry, struct removal *out)
{
	memset(out, 0, sizeof(*out));
	out->key = key;
	out->since_ns = entry->since_ns;
	out->pid = (int)(key >> 32);
	out->tid = (int)(uint32_t)key;
	out->decided = entry->verdict != RG_PARK_WAIT;
	out->passes = entry->verdict == RG_PARK_PASS || entry->verdict == RG_PARK_FREE;
	out->has_right = entry->has_right;
	out->forced = entry->flags & FORCED;
	memcpy(out->module, entry->module, sizeof(out->module) - 1);
}

size_t removals_list(const struct kside *g, struct removal *out, size_t max)
{
	uint64_t keys[RG_REMOVALS_MAX];
	struct rg_removal entries[RG_REMOVALS_MAX];
	uint32_t cursor = 0, count = RG_REMOVALS_MAX;
	size_t n = 0;
	int err;

	/* Asked again and again; mostly nobody ever was. */
	if (!__atomic_load_n(&g->skel->bss->ever_removed, __ATOMIC_ACQUIRE))
		return 0;
	err = map_read(g->skel->maps.removals, &cursor, true, keys, entries, &count);
	if (err && err != -ENOENT)
		return 0;
	for (uint32_t i = 0; i < count && n < max; i++)
		describe(keys[i], &entries[i], &out[n++]);
	return n;
}

uint64_t removals_refused(const struct kside *g)
{
	return __atomic_load_n(&g->skel->bss->removals_refused, __ATOMIC_RELAXED);
}

/* The entry, if it is still that of the call @r: a task can have come for another one since. */
static bool find(const struct kside *g, const struct removal *r, struct rg_removal *entry)
{
	return map_lookup(g->skel->maps.removals, &r->key, entry) == 0 &&
	       entry->since_ns == r->since_ns;
}

void removal_decide(struct kside *g, const struct removal *r, enum removal_answer answer)
{
	static const uint32_t verdicts[] = {
		[REMOVAL_PASS] = RG_PARK_PASS,	       [REMOVAL_FREE] = RG_PARK_FREE,
		[REMOVAL_BUSY] = RG_PARK_REFUSE,       [REMOVAL_IN_USE] = RG_PARK_IN_USE,
		[REMOVAL_NO_RIGHT] = RG_PARK_NO_RIGHT,
	};
	struct rg_removal entry;

	if (!find(g, r, &entry))
		return;
	entry.verdict = verdicts[answer];
	map_update(g->skel->maps.removals, &r->key, &entry, BPF_EXIST);
}

bool removal_has_pass(const struct kside *g, const struct removal *r)
{
	struct rg_removal entry;

	return find(g, r, &entry) && entry.verdict == RG_PARK_PASS;
}

bool removal_revoke(struct kside *g, const struct removal *r)
{
	struct rg_removal entry;

	return find(g, r, &entry) && map_delete(g->skel->maps.removals, &r->key) == 0;
}

bool removal_is_inside(struct kside *g, const struct removal *r)
{
	uint32_t one;

	if (map_lookup(g->skel->maps.inside_removal, &r->key, &one) < 0)
		return false;
	/* The exit can be missed for want of kretprobe instances. */
	if (task_alive(r->tid) && task_process(r->tid) == r->pid && task_is_closing(r->tid))
		return true;
	map_delete(g->skel->maps.inside_removal, &r->key);
	return false;
}
