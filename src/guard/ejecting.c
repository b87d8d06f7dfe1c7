// SPDX-License-Identifier: GPL-2.0-only
#include "guard/ejecting.h"

#include <bpf/libbpf.h>

#include "guard/maps.h"
#include "guard/private.h"

bool ejecting_possible(const struct guard *g, int index)
{
	const int fd = bpf_map__fd(g->skel->maps.outbufs);
	struct rg_outbuf outbuf;
	uint64_t key, *last = NULL;

	if (!hooks_can_eject(g->hooks) || !guard_gate_of(g, index))
		return false;
	while (map_next_key(fd, last, &key) == 0) {
		if (map_lookup(fd, &key, &outbuf) == 0 && outbuf.rproc == (uint32_t)index)
			return true;
		last = &key;
	}
	return false;
}

void ejecting_begin(struct guard *g, int index)
{
	/* Counted: an ejection that is late to end must not end the next one. */
	__atomic_fetch_add(&guard_gate_of(g, index)->ejecting, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&g->skel->bss->n_ejecting, 1, __ATOMIC_SEQ_CST);
}

void ejecting_end(struct guard *g, int index)
{
	__atomic_fetch_sub(&g->skel->bss->n_ejecting, 1, __ATOMIC_RELAXED);
	__atomic_fetch_sub(&guard_gate_of(g, index)->ejecting, 1, __ATOMIC_SEQ_CST);
}
