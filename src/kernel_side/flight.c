// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the flight recorder while it is being written.
 */
#include "kernel_side/flight.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel_side/private.h"
#include "system/barrier.h"

struct flight_mark {
	bool begun;
	uint32_t next[RG_RECORDS]; /* number of the first send of each record that was not read */
};

struct flight_mark *flight_mark_new(void)
{
	return calloc(1, sizeof(struct flight_mark));
}

static uint32_t sent(const struct kside *g, size_t record)
{
	return __atomic_load_n(&g->skel->bss->records[record].sent, __ATOMIC_ACQUIRE);
}

static const enum timeline_send results[] = {
	[RG_SEND_RETURNED] = TL_RETURNED,
	[RG_SEND_TURNED_AWAY] = TL_REFUSED,
	[RG_SEND_KEPT_AWAY] = TL_DROPPED,
	[RG_SEND_LEFT] = TL_LEFT,
};

/* The channel of the last endpoint that was asked for: mostly the next send is on the same. */
struct channel {
	uint64_t endpoint;
	char name[RG_CHANNEL_SIZE];
};

static const char *name_of(const struct kside *g, uint64_t endpoint, struct channel *last)
{
	struct rg_endpoint entry = { 0 };

	if (endpoint == last->endpoint)
		return last->name;
	map_lookup(g->skel->maps.ledger, &endpoint, &entry);
	last->endpoint = endpoint;
	memcpy(last->name, entry.channel, sizeof(last->name));
	return last->name;
}

static void hand_over(const struct kside *g, size_t record, const struct rg_flight_send *from,
		      struct channel *channel, flight_fn fn, void *arg)
{
	const struct rg_record *r = &g->skel->bss->records[record];
	const bool idle = from->key & RG_IDLE_KEY;
	struct flight_send send = {
		.start_ns = from->start_ns,
		.end_ns = from->end_ns,
		.pid = idle ? 0 : (int)(from->key >> 32),
		.tid = idle ? 0 : (int)from->key,
		.endpoint = from->endpoint,
		.function = hooks_send_name(g->hooks, from->ip),
		.result = results[from->result],
		.value = from->value,
		.rproc = from->rproc < RG_GATES ? from->rproc : RG_RPROC_UNKNOWN,
	};

	/* Another task may have the record by now. */
	if (r->key == from->key)
		memcpy(send.comm, r->comm, sizeof(r->comm));
	memcpy(send.channel, name_of(g, from->endpoint, channel), RG_CHANNEL_SIZE);
	fn(&send, arg);
}

struct copy {
	size_t record;
	uint32_t number;
	struct rg_flight_send send;
};

/* How many new ones there are, or were. */
static size_t count_new(const struct kside *g, const struct flight_mark *mark, uint32_t *ends)
{
	size_t n = 0;

	for_each_record (g, i) {
		ends[i] = sent(g, i);
		n += ends[i] - mark->next[i];
	}
	return n;
}

/* Copies what is still there of the new ones. Returns how many; @mark is behind all of them then. */
static size_t copy_new(const struct kside *g, const struct rg_flight_send *flights,
		       struct flight_mark *mark, const uint32_t *ends, struct copy *out)
{
	const uint32_t kept = (uint32_t)g->flight_sends;
	size_t n = 0;

	for_each_record (g, i) {
		const struct rg_flight_send *ring = &flights[i * kept];

		if (ends[i] - mark->next[i] > kept)
			mark->next[i] = ends[i] - kept;
		for (; mark->next[i] != ends[i]; mark->next[i]++, n++) {
			out[n].record = i;
			out[n].number = mark->next[i];
			out[n].send = *(const volatile struct rg_flight_send *)&ring[mark->next[i] &
										     (kept - 1)];
		}
	}
	return n;
}

/* Whether no other one has begun to take its place, as seen behind a visit of every CPU. */
static bool is_whole(const struct kside *g, const struct copy *copy)
{
	return sent(g, copy->record) - copy->number < g->flight_sends;
}

static size_t hand_over_all(const struct kside *g, const struct copy *copies, size_t n,
			    flight_fn fn, void *arg)
{
	struct channel channel = { 0 };
	size_t handed = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_whole(g, &copies[i]))
			continue;
		hand_over(g, copies[i].record, &copies[i].send, &channel, fn, arg);
		handed++;
	}
	return handed;
}

/*
 * A writer is in order only with a visit of its CPU (barrier.h). Behind the first one every send that was counted
 * before is whole. Behind the second one the count tells of every send that may have been written over it while it
 * was copied.
 *
 * The recorder is mapped only meanwhile: a mapping of a BPF map is resident as a whole.
 */
static size_t read_new(const struct kside *g, struct flight_mark *mark, flight_fn fn, void *arg)
{
	uint32_t *ends = calloc(RG_RECORDS, sizeof(*ends));
	const size_t new = ends ? count_new(g, mark, ends) : 0;
	const size_t room = new < RG_RECORDS * g->flight_sends ? new : RG_RECORDS * g->flight_sends;
	struct copy *copies = room ? calloc(room, sizeof(*copies)) : NULL;
	const struct bpf_map *map = g->skel->maps.flights;
	const size_t mapped = records_end(g) * g->flight_sends;
	const struct rg_flight_send *flights = copies ? map_mmap(map, PROT_READ, mapped) : NULL;
	size_t lost = 0;

	/* Without the first one, or memory, they are there the next time. */
	if (flights && !barrier()) {
		const size_t n = copy_new(g, flights, mark, ends, copies);

		lost = new - (barrier() ? 0 : hand_over_all(g, copies, n, fn, arg));
	}
	map_munmap(map, flights, mapped);
	free(copies);
	free(ends);
	return lost;
}

uint64_t flight_read(const struct kside *g, struct flight_mark *mark, enum flight_until until,
		     flight_fn fn, void *arg)
{
	const bool first = !mark->begun;
	uint64_t lost;

	/* Else what has ended on another CPU a moment ago may not be counted yet. */
	if (until == FLIGHT_NOW)
		barrier();
	mark->begun = true;
	lost = read_new(g, mark, fn, arg);
	/* What is older than the recorder keeps was never promised. */
	return first ? 0 : lost;
}
