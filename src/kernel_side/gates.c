// SPDX-License-Identifier: GPL-2.0-only
/*
 * The gates: closing, releasing and opening them, and what they and the whole kernel side have counted.
 */
#include <errno.h>
#include <string.h>

#include "kernel_side/private.h"
#include "log/log.h"
#include "system/barrier.h"

struct rg_gate *kside_gate_of(const struct kside *g, int index)
{
	return index >= 0 && index < RG_GATES ? &g->gates[index] : NULL;
}

int kside_gate_close(struct kside *g, int index)
{
	struct rg_gate *gate = kside_gate_of(g, index);
	int err;

	/* Without a gate there are still records to be read. */
	if (!gate)
		return barrier() ?: -ERANGE;
	__atomic_store_n(&gate->reported, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&gate->noted, 0, __ATOMIC_RELAXED);
	/* Still set when a virtio driver was unbound and the remote processor runs on. */
	__atomic_store_n(&gate->teardown_ns, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&gate->released, 0, __ATOMIC_RELAXED);
	/*
	 * A boot, or a shutdown that came to nothing, opens the gate from inside a program, and one
	 * that had looked at it before this may do so after. It has ended after the barrier; those
	 * that begin later see that the gate was closed for good.
	 */
	do {
		__atomic_store_n(&gate->held, 1, __ATOMIC_RELAXED);
		__atomic_store_n(&gate->closed, 1, __ATOMIC_SEQ_CST);
		/* No pass of an endpoint outlasts this (bpf/pass.bpf.h). */
		__atomic_fetch_add(&g->skel->bss->generation, 1, __ATOMIC_SEQ_CST);
		g->sends_ended[index] = sends_ended(g);
		err = barrier();
	} while (!err && !__atomic_load_n(&gate->closed, __ATOMIC_SEQ_CST));
	return err;
}

/*
 * A sender says that it has left without a barrier: what it did before may come out behind that. Those that had left
 * before every CPU was visited are done.
 */
int kside_all_left(struct kside *g, int index)
{
	const uint64_t ends = sends_ended(g);
	int err;

	if (kside_gate_of(g, index) && g->sends_ended[index] == ends)
		return 0;
	err = barrier();
	if (!err && kside_gate_of(g, index))
		g->sends_ended[index] = ends;
	return err;
}

bool kside_gate_is_released(const struct kside *g, int index)
{
	const struct rg_gate *gate = kside_gate_of(g, index);

	return !gate || (__atomic_load_n(&gate->released, __ATOMIC_SEQ_CST) &&
			 __atomic_load_n(&gate->held, __ATOMIC_SEQ_CST) &&
			 !__atomic_load_n(&gate->teardown_ns, __ATOMIC_SEQ_CST));
}

bool kside_gate_release(struct kside *g, int index)
{
	struct rg_gate *gate = kside_gate_of(g, index);

	if (!gate)
		return true;
	__atomic_store_n(&gate->released, 1, __ATOMIC_SEQ_CST);
	if (kside_gate_is_released(g, index))
		return true;
	__atomic_store_n(&gate->released, 0, __ATOMIC_SEQ_CST);
	return false;
}

void kside_gate_release_down(struct kside *g, int index)
{
	struct rg_gate *gate = kside_gate_of(g, index);

	if (gate)
		__atomic_store_n(&gate->released, 1, __ATOMIC_SEQ_CST);
}

void kside_gate_withdraw_release(struct kside *g, int index)
{
	struct rg_gate *gate = kside_gate_of(g, index);

	if (!gate)
		return;
	__atomic_store_n(&gate->released, 0, __ATOMIC_SEQ_CST);
	/* A program that has seen it has written down by then whom it has let in. */
	if (barrier())
		log_debug("remoteproc%d: no barrier after the release was taken back", index);
}

int kside_gate_open(struct kside *g, int index)
{
	struct rg_gate *gate = kside_gate_of(g, index);

	if (!gate)
		return -ERANGE;
	__atomic_store_n(&gate->held, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&gate->released, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&gate->closed, 0, __ATOMIC_SEQ_CST);
	return 0;
}

bool kside_sees_deliveries(const struct kside *g, int index)
{
	return kside_gate_of(g, index) && hooks_see_deliveries(g->hooks);
}

size_t kside_deliveries(const struct kside *g, int index, struct kside_delivery *out)
{
	const struct rg_delivery *d = &g->skel->bss->deliveries[index * RG_QUEUES];
	size_t n = 0;

	_Static_assert(KSIDE_DELIVERIES_MAX == RG_QUEUES, "one for each virtqueue");
	for (int i = 0; i < RG_QUEUES; i++) {
		if (!__atomic_load_n(&d[i].inside, __ATOMIC_ACQUIRE))
			continue;
		const uint64_t key = __atomic_load_n(&d[i].key, __ATOMIC_RELAXED);

		out[n++] = (struct kside_delivery){
			.queue = i,
			.tid = key & RG_IDLE_KEY ? 0 : (int)(uint32_t)key,
			.moves = __atomic_load_n(&d[i].moves, __ATOMIC_RELAXED),
		};
	}
	return n;
}

bool kside_tearing_down(const struct kside *g, int index)
{
	const struct rg_gate *gate = kside_gate_of(g, index);

	return gate && __atomic_load_n(&gate->closed, __ATOMIC_RELAXED) &&
	       __atomic_load_n(&gate->teardown_ns, __ATOMIC_RELAXED);
}

bool kside_gate_is_closed(const struct kside *g, int index)
{
	const struct rg_gate *gate = kside_gate_of(g, index);

	return gate && __atomic_load_n(&gate->closed, __ATOMIC_RELAXED);
}

void kside_shutdowns(const struct kside *g, int index, struct kside_shutdowns *out)
{
	const struct rg_gate *gate = kside_gate_of(g, index);

	memset(out, 0, sizeof(*out));
	if (!gate)
		return;
	out->n = __atomic_load_n(&gate->shutdowns, __ATOMIC_ACQUIRE);
	out->told = g->skel->bss->shutdown_returns_int;
	out->result = __atomic_load_n(&gate->shutdown_result, __ATOMIC_RELAXED);
}

void kside_counters(const struct kside *g, int index, struct kside_counters *out)
{
	const struct rg_gate *gate = kside_gate_of(g, index);

	memset(out, 0, sizeof(*out));
	if (!gate)
		return;
	out->refused = __atomic_load_n(&gate->refused, __ATOMIC_RELAXED);
	out->dropped = __atomic_load_n(&gate->dropped, __ATOMIC_RELAXED);
	out->unsafe_overlaps = __atomic_load_n(&gate->unsafe_overlaps, __ATOMIC_RELAXED);
	out->stale = __atomic_load_n(&gate->stale, __ATOMIC_RELAXED);
}

struct kside_losses kside_losses(const struct kside *g)
{
	const struct guard_bpf__bss *bss = g->skel->bss;

	return (struct kside_losses){
		.events = __atomic_load_n(&bss->lost_events, __ATOMIC_RELAXED),
		.senders = __atomic_load_n(&bss->lost_senders, __ATOMIC_RELAXED),
		.endpoints = __atomic_load_n(&bss->lost_endpoints, __ATOMIC_RELAXED),
		.exits = __atomic_load_n(&bss->missed_exits, __ATOMIC_RELAXED) +
			 atomic_load(&g->missed_exits),
	};
}

bool kside_answers_polls(const struct kside *g, int index)
{
	return hooks_answer_polls(g->hooks) && kside_gate_of(g, index);
}
