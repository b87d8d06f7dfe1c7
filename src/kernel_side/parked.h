/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Callers that were turned back at the entry of rproc_shutdown() and wait for a decision: see
 * bpf/park.bpf.h. There are none below level "override".
 */
#ifndef RPMSG_GUARD_KERNEL_SIDE_PARKED_H
#define RPMSG_GUARD_KERNEL_SIDE_PARKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel_side/kside.h"

#define PARKED_MAX 64

struct parked {
	uint64_t key; /* names it in the calls below */
	int pid, tid;
	int rproc;     /* N of remoteprocN */
	bool restarts; /* continued, it makes its call again and meets the decision */
	bool closed;   /* its call is a close, which tells nobody a result */
	bool detach;   /* it wants to detach, not to stop */
	bool decided;  /* it was, and has not come by since */
	char comm[16]; /* it may have ended since */
};

/* Fills @out up to @max and returns how many there are, those with a decision included. */
size_t parked_list(const struct kside *kside, struct parked *out, size_t max);

/* What is to become of the repeated call of a caller that restarts. */
enum parked_answer {
	PARKED_PASS, /* as long as the gate stays closed for the hold, and nothing is torn down */
	PARKED_FREE, /* nobody guards that remote processor */
	PARKED_BUSY, /* refused */
	PARKED_DOWN, /* there is nothing to stop: the kernel's own error */
};

/*
 * Tells the kernel side. The caller still has to be continued afterwards. Each caller is left to one
 * thread, that of its remote processor.
 */
void parked_decide(struct kside *kside, const struct parked *p, enum parked_answer answer);

/*
 * Whether anybody who was let in is inside rproc_shutdown() of remoteproc<index>. After
 * kside_gate_withdraw_release(), and parked_forget() of those with an unused pass, a "no" is final:
 * whoever comes later is turned back.
 */
bool parked_inside(struct kside *kside, int index);

/* The same as the records stand, for the event loop: the look at a task may wait for its process. */
bool parked_inside_on_record(struct kside *kside, int index);

/* Whether callers can be parked at all: at level "override". */
bool parking_is_possible(const struct kside *kside);

/*
 * Nobody is turned back any more, for the end of the service; those that were are in parked_list() and
 * removals_list().
 */
void parking_end(struct kside *kside);

/* For one that does not come again, or has died. */
void parked_forget(struct kside *kside, uint64_t key);

#endif
