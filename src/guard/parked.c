// SPDX-License-Identifier: GPL-2.0-only
#include "guard/parked.h"

#include <bpf/libbpf.h>
#include <string.h>

#include "guard/maps.h"
#include "guard/private.h"

_Static_assert(PARKED_MAX == RG_PARKED_MAX, "the map and its readers have the same size");

static int map_fd(const struct guard *g)
{
	return bpf_map__fd(g->skel->maps.parked);
}

static void describe(uint64_t key, const struct rg_parked *entry, struct parked *out)
{
	memset(out, 0, sizeof(*out));
	out->key = key;
	out->pid = (int)(key >> 32);
	out->tid = (int)(uint32_t)key;
	out->rproc = (int)entry->rproc;
	out->restarts = entry->mode == RG_PARK_RESTART;
	out->stopped = entry->mode != RG_PARK_RUNNING;
	out->decided = entry->verdict != RG_PARK_WAIT;
	out->caller = entry->caller;
	out->since_ns = entry->since_ns;
	memcpy(out->comm, entry->comm, sizeof(out->comm) - 1);
}

size_t parked_list(const struct guard *g, struct parked *out, size_t max)
{
	uint64_t keys[PARKED_MAX];
	struct rg_parked entry;
	size_t n_keys = 0, n = 0;

	/* Asked again and again; mostly nobody ever was. */
	if (!__atomic_load_n(&g->skel->bss->ever_parked, __ATOMIC_ACQUIRE))
		return 0;
	while (n_keys < PARKED_MAX &&
	       map_next_key(map_fd(g), n_keys ? &keys[n_keys - 1] : NULL, &keys[n_keys]) == 0)
		n_keys++;
	for (size_t i = 0; i < n_keys && n < max; i++)
		if (map_lookup(map_fd(g), &keys[i], &entry) == 0 && entry.mode != RG_PARK_ENTERING)
			describe(keys[i], &entry, &out[n++]);
	return n;
}

void parked_decide(struct guard *g, const struct parked *p, bool pass)
{
	struct rg_parked entry;

	if (map_lookup(map_fd(g), &p->key, &entry) < 0)
		return;
	entry.verdict = pass ? RG_PARK_PASS : RG_PARK_REFUSE;
	map_update(map_fd(g), &p->key, &entry, BPF_EXIST);
}

void parked_forget(struct guard *g, uint64_t key)
{
	map_delete(map_fd(g), &key);
}
