// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends whose entry the kernel did not show to the kernel side, because of bpf() calls of other programs.
 *
 * A task inside bpf(BPF_MAP_LOOKUP_ELEM) and the like has raised bpf_prog_active of its CPU. From 5.11 on (commit
 * 74d862b682f5), and on real-time kernels before, it can be preempted there: trace_call_bpf() then skips the
 * program of a sender that takes the CPU. That sender has no record, and no gate refuses it. Kernels from 6.7 on
 * (commit dd8657894c11) count what they skip. Before that only a return without an entry shows, and what could
 * raise the variable at all: a map that is not of this program.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <unistd.h>

#include "kernel_side/private.h"
#include "system/files.h"
#include "system/skipping.h"
#include "system/sleep.h"

static uint32_t map_id(int fd)
{
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);

	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len) ? info.id : 0;
}

static uint64_t skipped(const struct bpf_program *program)
{
	struct bpf_prog_info info = {};
	const int fd = bpf_program__fd(program);
	uint32_t len = sizeof(info);

	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len) ? info.recursion_misses : 0;
}

/* At level "observe" a send also comes back without a record when there was none left, and holds wait for it. */
static uint64_t returned_unseen(const struct kside *g)
{
	if (g->level == LEVEL_OBSERVE &&
	    __atomic_load_n(&g->skel->bss->lost_senders, __ATOMIC_SEQ_CST))
		return 0;
	return __atomic_load_n(&g->skel->bss->missed_entries, __ATOMIC_SEQ_CST);
}

uint64_t kside_missed(const struct kside *g)
{
	uint64_t n;

	if (!g->may_miss)
		return 0;
	n = returned_unseen(g);
	if (!g->counts_missed)
		return n;
	return n + skipped(g->skel->progs.send_enter_override) +
	       skipped(g->skel->progs.trysend_enter_override) +
	       skipped(g->skel->progs.send_enter_observe) +
	       skipped(g->skel->progs.trysend_enter_observe) + skipped(g->skel->progs.poll_enter) +
	       skipped(g->skel->progs.flow_control_enter);
}

static bool is_own(const struct kside *g, uint32_t id)
{
	for (size_t i = 0; i < g->n_own_maps; i++)
		if (g->own_maps[i] == id)
			return true;
	return false;
}

/* Also true when that cannot be said. */
static bool others_have_maps(const struct kside *g)
{
	uint32_t id = 0;

	while (!bpf_map_get_next_id(id, &id))
		if (!is_own(g, id))
			return true;
	return errno != ENOENT;
}

/* Numbers of maps only grow: that of a new one shows whether others have made some since the last look. */
static bool others_had_maps(struct kside *g)
{
	const int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, sizeof(__u32), sizeof(__u32), 1,
				      NULL);
	const uint32_t id = map_id(fd);
	const bool had = id != g->last_map + 1;

	if (fd >= 0)
		close(fd);
	g->last_map = id;
	return had;
}

/* Of what came before there is no record to be missed: nothing is hooked yet. libbpf, too, has made maps meanwhile. */
void missed_begin(struct kside *g)
{
	const struct bpf_object *object = g->skel->obj;
	struct bpf_map *map = NULL;

	pthread_mutex_init(&g->maps, NULL);
	while ((map = bpf_object__next_map(object, map)) && g->n_own_maps < RG_OWN_MAPS_MAX)
		g->own_maps[g->n_own_maps++] = map_id(bpf_map__fd(map));
	others_had_maps(g);
	g->may_miss = skipping_is_possible();
	g->counts_missed = skipping_is_counted();
}

/*
 * The time of a look counts, and not of the map: what was missed before a look that has found one may still be
 * inside at the next.
 */
static bool others_use_maps(struct kside *g)
{
	bool use;

	pthread_mutex_lock(&g->maps);
	/* Both are asked, also behind a yes: the second counts. */
	if (others_have_maps(g) | others_had_maps(g) | maps_are_unprotected())
		g->others_ns = clock_ns();
	use = g->others_ns && clock_ns() - g->others_ns <= UNRECORDED_MOST_NS;
	pthread_mutex_unlock(&g->maps);
	return use;
}

bool kside_may_have_missed(struct kside *g)
{
	if (!g->may_miss || sleep_source() != SLEEP_BY_WCHAN)
		return false;
	return g->counts_missed ? kside_missed(g) != 0 : others_use_maps(g);
}

void kside_distrust_records(struct kside *g)
{
	if (sleep_source() != SLEEP_BY_WCHAN)
		__atomic_store_n(&g->skel->bss->unrecorded_ns, clock_ns(), __ATOMIC_SEQ_CST);
}
