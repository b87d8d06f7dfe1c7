/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel side and src/guard agree on: the values of the maps.
 */
#ifndef RPMSG_GUARD_BPF_SHARED_H
#define RPMSG_GUARD_BPF_SHARED_H

#include <linux/types.h>

#define RG_GATES 16	    /* remote processors with a gate of their own: N below this */
#define RG_SENDERS_MAX 4096 /* tasks inside a send at one time */
#define RG_ENDPOINTS_MAX 4096

/* One per remote processor, indexed by its N. */
struct rg_gate {
	__u32 closed;
	__u32 announced;	/* closed by user space, for a stop that it holds */
	__u32 reported;		/* bits of enum rg_event_type that were sent since it closed */
	__u32 down;		/* its virtqueues were deleted, and none was made since */
	__u64 teardown_ns;	/* when its first virtqueue was deleted, 0 since the gate closed */
	__u64 last_teardown_ns; /* the same, but never reset: for senders that come out later */
	__u64 refused;
	__u64 dropped;
	__u64 unsafe_overlaps;
};

/* A task inside a send. The key is its pid_tgid, or RG_IDLE_KEY and its CPU for an idle task. */
#define RG_IDLE_KEY (1ULL << 63)

struct rg_sender {
	__u64 endpoint;
	__u64 since_ns;
	__u64 ip;	 /* of the entry point */
	__u32 depth;	 /* sends inside one another, see sender_enter() */
	__u32 may_sleep; /* entered through a function that waits for a buffer */
	char comm[16];
};

/* Ledger: endpoint address -> */
struct rg_endpoint {
	__u32 rproc;
	__u32 dead;
	char channel[40];
};

#endif
