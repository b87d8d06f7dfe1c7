/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading the flight recorder: the sends that have ended, the last ones of each CPU. See
 * bpf/flight.bpf.h for how it is written.
 */
#ifndef RPMSG_GUARD_KERNEL_SIDE_FLIGHT_H
#define RPMSG_GUARD_KERNEL_SIDE_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel_side/kside.h"
#include "timeline/names.h"

struct flight_send {
	uint64_t start_ns, end_ns; /* CLOCK_MONOTONIC */
	int pid, tid;		   /* 0 for an interrupt on top of an idle CPU */
	uint64_t endpoint;
	const char *function; /* the entry point */
	enum timeline_send result;
	int value;	/* what the caller got */
	uint32_t rproc; /* N of remoteprocN, or RG_RPROC_UNKNOWN */
	char comm[17];
	char channel[RG_CHANNEL_SIZE + 1];
};

typedef void (*flight_fn)(const struct flight_send *send, void *arg);

/* How far somebody has read. */
struct flight_mark;

/* Reads from the oldest one on that is still there. NULL without memory. free() ends it. */
struct flight_mark *flight_mark_new(const struct kside *kside);

/* The same, from the next one on. */
struct flight_mark *flight_mark_now(const struct kside *kside);

enum flight_until {
	FLIGHT_ALMOST, /* but for the last one of each CPU, which may still be being written */
	FLIGHT_NOW,    /* all that ended before the call: takes a visit of every CPU */
};

/*
 * Hands over what was entered since @mark and moves it. Returns how many are missing in between, because
 * others had taken their place. May run beside anything that guard.h offers; a mark is of one
 * thread at a time.
 */
uint64_t flight_read(const struct kside *kside, struct flight_mark *mark, enum flight_until until,
		     flight_fn fn, void *arg);

#endif
