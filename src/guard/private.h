/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of this folder share and nobody else sees: the loaded BPF object and its maps.
 */
#ifndef RPMSG_GUARD_GUARD_PRIVATE_H
#define RPMSG_GUARD_GUARD_PRIVATE_H

#include <stdatomic.h>

/* Before the skeleton, which has variables of its types. */
#include "shared.h"

#include "guard.skel.h"
#include "guard/guard.h"
#include "guard/hooks.h"

struct guard {
	struct guard_bpf *skel;
	struct hooks *hooks;
	enum level level;
	struct ring_buffer *events;
	struct rg_gate *gates;			     /* the map itself, see gate.bpf.h */
	const struct rg_flight_count *flight_counts; /* the same, see flight.bpf.h */
	const struct rg_flight_send *flights;
	size_t cpus;	     /* possible ones, each with a count */
	size_t flight_sends; /* of each of them */
	guard_event_fn event_fn;
	void *event_arg;
	/* Holds of several remote processors look at records at the same time. */
	atomic_ullong missed_exits;
};

/* NULL when remoteproc<index> is beyond those that have a gate. */
struct rg_gate *guard_gate_of(const struct guard *guard, int index);

#endif
