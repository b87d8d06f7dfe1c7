/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can be counted and measured in an episode.
 */
#ifndef RPMSG_GUARD_TIMELINE_NUMBERS_H
#define RPMSG_GUARD_TIMELINE_NUMBERS_H

#include "timeline/read.h"
#include "timeline/senders.h"

struct moment {
	bool seen;
	uint64_t t_ns;
};

struct numbers {
	uint64_t zero_ns; /* the request, or the shutdown without one: what times are relative to */
	uint64_t first_ns, last_ns;
	struct moment gate_closed, gate_opened, drained, released;
	struct teardown teardown;

	bool has_held;
	uint64_t held_ns; /* how long the caller waited; so far, when the end is missing */
	uint64_t sends, sends_before;
	uint64_t inside_at_gate; /* sends that were on their way when the gate closed */
	uint64_t longest_ns;
	uint64_t refused, dropped, ejected, overlaps;
	uint64_t lost;
	bool complete;
};

void numbers_of(struct numbers *n, const struct recording *r, const struct senders *senders);

/*
 * When the send came out, as far as that is known: one without an end lasts until all were out, or as
 * long as the record if it was there, or no time at all if its exit was only missed.
 */
uint64_t send_end(const struct recording *r, const struct numbers *n,
		  const struct recorded_send *send);

/* When the gate, which was closed, was opened again, or the record ends. */
uint64_t gate_end(const struct numbers *n);

/* Nanoseconds from the request to @t_ns. */
int64_t since_request(const struct numbers *n, uint64_t t_ns);

/* "480 ns", "48.1 us", "2.21 ms", "14.3 s"; @micro is the letter for micro. */
#define DURATION_MAX 32
const char *duration_text(char buf[DURATION_MAX], uint64_t ns, const char *micro);

#endif
