/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ledger of endpoints: which remote processor each belongs to, and whether it is dead. The
 * memory of a dead endpoint is freed, so its address is all that may be looked at.
 *
 * Closed world: once user space has seen a moment without any channel while endpoint
 * creation was being watched, every endpoint alive was entered at its creation. One that is not in the ledger is
 * then a pointer that somebody read from freed memory, and is treated as dead.
 *
 * An endpoint is entered at the end of its creation, and that may be missed. So beginnings are counted
 * against ends: as long as the balance is not what it was when the world was closed, an endpoint that
 * is not in the ledger may well be alive.
 */
#ifndef RPMSG_GUARD_LEDGER_BPF_H
#define RPMSG_GUARD_LEDGER_BPF_H

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RG_ENDPOINTS_MAX);
	__type(key, __u64);
	__type(value, struct rg_endpoint);
} ledger SEC(".maps");

/* Written by user space. */
__u32 world_closed;
__s64 missed_creations;
/* Begun and not seen to end. One word, so that it can be read at one moment. */
__s64 n_creating;
__u64 creations_begun;
__u64 n_endpoints;
/* Endpoints that found no room; and how many of them are gone, written by user space. The world is open in between. */
__u64 lost_endpoints;
__u64 lost_before;

/*
 * Enters an endpoint that is alive. Only its creation may replace an entry: whoever learns of an endpoint by its use
 * may be late, and must not bring one to life that was destroyed meanwhile.
 */
static __always_inline struct rg_endpoint *ledger_enter(const struct rpmsg_endpoint *ept,
							bool is_new)
{
	const struct device *dev = endpoint_device(ept);
	struct rg_endpoint entry = { .rproc = RG_RPROC_UNKNOWN }, *found;
	__u64 key = (__u64)ept;

	if (dev) {
		entry.rproc = device_to_rproc(dev);
		read_device_name(dev, entry.channel, sizeof(entry.channel));
	}
	if (!bpf_map_update_elem(&ledger, &key, &entry, BPF_NOEXIST))
		__sync_fetch_and_add(&n_endpoints, 1);
	else if (is_new && bpf_map_update_elem(&ledger, &key, &entry, BPF_ANY))
		/* The entry that is there may be that of a dead endpoint. */
		bpf_map_delete_elem(&ledger, &key);
	found = bpf_map_lookup_elem(&ledger, &key);
	if (!found) {
		/* No room: from here on an unknown endpoint may well be alive. */
		__sync_fetch_and_add(&lost_endpoints, 1);
		world_closed = 0;
	}
	return found;
}

/* Whether there may be endpoints alive that found no room. */
static __always_inline bool ledger_overflows(void)
{
	return *(volatile __u64 *)&lost_endpoints != *(volatile __u64 *)&lost_before;
}

static __always_inline struct rg_endpoint *ledger_find(__u64 ept)
{
	return bpf_map_lookup_elem(&ledger, &ept);
}

/* @entry is what ledger_find() has found, or NULL. */
static __always_inline bool ledger_says_dead(const struct rg_endpoint *entry)
{
	if (entry)
		return entry->dead;
	return world_closed && *(volatile __s64 *)&n_creating == missed_creations;
}

#endif
