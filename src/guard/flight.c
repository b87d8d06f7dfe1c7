// SPDX-License-Identifier: GPL-2.0-only
#include "guard/flight.h"

#include <stdlib.h>
#include <string.h>

#include "guard/barrier.h"
#include "guard/private.h"

struct flight_mark {
	bool begun;
	uint64_t next[]; /* number of the first send of each CPU that was not read */
};

struct flight_mark *flight_mark_new(const struct guard *g)
{
	return calloc(1, sizeof(struct flight_mark) + g->n_flights * sizeof(uint64_t));
}

static uint64_t count_of(const struct rg_flight *flight)
{
	return __atomic_load_n(&flight->count, __ATOMIC_ACQUIRE);
}

static uint64_t oldest(uint64_t count)
{
	return count < RG_FLIGHT_SENDS ? 1 : count - RG_FLIGHT_SENDS + 1;
}

/*
 * Copies number @n. The copy is whole when the one that takes its place, n + RG_FLIGHT_SENDS, had not
 * been begun: as soon as anything of that one can be seen, @count has come to the one before.
 */
static bool copy(const struct rg_flight *flight, uint64_t n, struct rg_flight_send *out)
{
	*out = *(const volatile struct rg_flight_send *)&flight->sends[n & (RG_FLIGHT_SENDS - 1)];
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return out->number == n && count_of(flight) + 1 < n + RG_FLIGHT_SENDS;
}

static enum flight_result result_of(uint32_t result)
{
	switch (result) {
	case RG_SEND_TURNED_AWAY:
		return FLIGHT_REFUSED;
	case RG_SEND_KEPT_AWAY:
		return FLIGHT_DROPPED;
	case RG_SEND_LEFT:
		return FLIGHT_EJECTED;
	default:
		return FLIGHT_RETURNED;
	}
}

static void hand_over(const struct guard *g, const struct rg_flight_send *from, flight_fn fn,
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
		.result = result_of(from->result),
		.value = from->value,
		.rproc = from->rproc,
	};

	memcpy(send.comm, from->comm, sizeof(from->comm));
	memcpy(send.channel, from->channel, sizeof(from->channel));
	fn(&send, arg);
}

static uint64_t read_one(const struct guard *g, const struct rg_flight *flight, uint64_t next,
			 uint64_t end, flight_fn fn, void *arg)
{
	struct rg_flight_send send;
	uint64_t lost = 0;

	for (uint64_t n = next; n <= end; n++) {
		/* Far behind: not worth a look. */
		if (n < oldest(end)) {
			lost += oldest(end) - n;
			n = oldest(end);
		}
		if (copy(flight, n, &send))
			hand_over(g, &send, fn, arg);
		else
			lost++;
	}
	return lost;
}

uint64_t flight_read(const struct guard *g, struct flight_mark *mark, enum flight_until until,
		     flight_fn fn, void *arg)
{
	const bool first = !mark->begun;
	uint64_t lost = 0;

	/* Where it fails, what was not whole yet is told by its number and counted as lost. */
	if (until == FLIGHT_NOW)
		barrier();
	mark->begun = true;
	for (size_t i = 0; i < g->n_flights; i++) {
		const uint64_t count = count_of(&g->flights[i]);
		const uint64_t end = until == FLIGHT_NOW || !count ? count : count - 1;
		const uint64_t missing = read_one(
			g, &g->flights[i], first ? oldest(end) : mark->next[i], end, fn, arg);

		/* What is older than the recorder keeps was never promised. */
		lost += first ? 0 : missing;
		mark->next[i] = end + 1;
	}
	return lost;
}
