/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of this folder share and nobody else sees: the loaded BPF object and its maps.
 */
#ifndef RPMSG_GUARD_GUARD_PRIVATE_H
#define RPMSG_GUARD_GUARD_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Before the skeleton, which has variables of its types. */
#include "shared.h"

#include "guard.skel.h"
#include "guard/guard.h"
#include "guard/hooks.h"

struct guard {
	/* None of these changes between guard_open() and guard_close(). */
	struct guard_bpf *skel;
	struct hooks *hooks;
	enum level level;
	struct ring_buffer *events;
	struct rg_gate *gates;			     /* the map itself, see gate.bpf.h */
	const struct rg_flight_count *flight_counts; /* the same, see flight.bpf.h */
	const struct rg_flight_send *flights;
	size_t cpus;	     /* possible ones, each with a count */
	size_t flight_sends; /* of each of them */

	/* Of the thread that consumes events. */
	guard_event_fn event_fn;
	void *event_arg;

	/* Of the thread that refreshes: the kernel side knows who may be turned back. */
	bool callers_known;

	/* Holds of several remote processors look at records at the same time. */
	pthread_mutex_t removing;
	atomic_ullong missed_exits;
};

/* NULL when remoteproc<index> is beyond those that have a gate. */
struct rg_gate *guard_gate_of(const struct guard *guard, int index);

/*
 * Who may be turned back at rproc_shutdown(), found in the kernel's symbols: false when it cannot be made
 * known safely. To be taken back before the probe is attached to another loading of remoteproc.
 */
bool callers_find(struct guard *guard);
void callers_take_back(struct guard *guard);

/*
 * Access to maps: nothing else in this folder may call the functions of libbpf that these stand for, see
 * maps.c. All return 0 or a negative errno.
 */
int map_lookup(const struct bpf_map *map, const void *key, void *value);
int map_update(const struct bpf_map *map, const void *key, const void *value, uint64_t flags);
int map_delete(const struct bpf_map *map, const void *key);

/* Entries to read at a time; far more than a bucket of any map here can hold, which comes as a whole. */
#define MAP_BATCH 128

/*
 * Reads up to @count entries, bucket after bucket, each under its lock, and goes on at @cursor unless it is
 * the @first time. -ENOENT comes with the last ones. A walk from key to key takes no lock, and while
 * entries come and go it may leave out buckets, or begin again: see tests/model/walk.pml.
 */
int map_read(const struct bpf_map *map, uint32_t *cursor, bool first, void *keys, void *values,
	     uint32_t *count);

/* The map itself in memory. NULL with errno. */
void *map_mmap(const struct bpf_map *map, int prot);
void map_munmap(const struct bpf_map *map, const void *p);

#endif
