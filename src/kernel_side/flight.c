// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the flight recorder while it is being written.
 */
#include "kernel_side/flight.h"

#include <stdlib.h>
#include <string.h>

#include "kernel_side/private.h"
#include "system/barrier.h"

struct flight_mark {
	bool begun;
	uint64_t next[]; /* number of the first send of each CPU that was not read */
};

struct flight_mark *flight_mark_new(const struct kside *g)
{
	return calloc(1, sizeof(struct flight_mark) + g->cpus * sizeof(uint64_t));
}

static uint64_t count_of(const struct kside *g, size_t cpu)
{
	return __atomic_load_n(&g->flight_counts[cpu].count, __ATOMIC_ACQUIRE);
}

struct flight_mark *flight_mark_now(const struct kside *g)
{
	struct flight_mark *mark = flight_mark_new(g);

	if (!mark)
		return NULL;
	mark->begun = true;
	for (size_t cpu = 0; cpu < g->cpus; cpu++)
		mark->next[cpu] = count_of(g, cpu) + 1;
	return mark;
}

static uint64_t oldest(const struct kside *g, uint64_t count)
{
	return count < g->flight_sends ? 1 : count - g->flight_sends + 1;
}

/*
 * Copies number @n. The copy is whole when the one that takes its place, n + flight_sends, had not been
 * begun: as soon as anything of that one can be seen, the count has come to the one before.
 */
static bool copy(const struct kside *g, size_t cpu, uint64_t n, struct rg_flight_send *out)
{
	const size_t place = cpu * g->flight_sends + (n & (g->flight_sends - 1));

	*out = *(const volatile struct rg_flight_send *)&g->flights[place];
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return out->number == n && count_of(g, cpu) + 1 < n + g->flight_sends;
}

static const enum timeline_send results[] = {
	[RG_SEND_RETURNED] = TL_RETURNED,
	[RG_SEND_TURNED_AWAY] = TL_REFUSED,
	[RG_SEND_KEPT_AWAY] = TL_DROPPED,
	[RG_SEND_LEFT] = TL_LEFT,
};

static void hand_over(const struct kside *g, const struct rg_flight_send *from, flight_fn fn,
		      void *arg)
{
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
		.rproc = from->rproc,
	};

	memcpy(send.comm, from->comm, sizeof(from->comm));
	memcpy(send.channel, from->channel, sizeof(from->channel));
	fn(&send, arg);
}

static uint64_t read_one(const struct kside *g, size_t cpu, uint64_t next, uint64_t end,
			 flight_fn fn, void *arg)
{
	struct rg_flight_send send;
	uint64_t lost = 0;

	/* Far behind: not worth a look. */
	if (next < oldest(g, end)) {
		lost = oldest(g, end) - next;
		next = oldest(g, end);
	}
	for (uint64_t n = next; n <= end; n++) {
		if (copy(g, cpu, n, &send))
			hand_over(g, &send, fn, arg);
		else
			lost++;
	}
	return lost;
}

uint64_t flight_read(const struct kside *g, struct flight_mark *mark, enum flight_until until,
		     flight_fn fn, void *arg)
{
	const bool first = !mark->begun;
	uint64_t lost = 0;

	/* Where it fails, what was not whole yet is told by its number and counted as lost. */
	if (until == FLIGHT_NOW)
		barrier();
	mark->begun = true;
	for (size_t cpu = 0; cpu < g->cpus; cpu++) {
		const uint64_t count = count_of(g, cpu);
		const uint64_t end = until == FLIGHT_NOW || !count ? count : count - 1;
		const uint64_t next = first ? oldest(g, end) : mark->next[cpu];
		const uint64_t missing = read_one(g, cpu, next, end, fn, arg);

		/* What is older than the recorder keeps was never promised. */
		lost += first ? 0 : missing;
		mark->next[cpu] = end + 1;
	}
	return lost;
}
