/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A validation: its plan, what was seen in each cycle, and what that amounts to. The same whether it
 * has just come to its end or is read from a state file after the kernel has died in it.
 */
#ifndef RPMSG_GUARD_VALIDATE_RUN_H
#define RPMSG_GUARD_VALIDATE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VALIDATE_DEVICES_MAX 8
#define VALIDATE_CYCLES_MAX 100000

/* One stop and start of the remote processor under load. */
struct cycle {
	bool finished;	   /* false only in the last one, when the run was cut off in it */
	uint64_t sends;	   /* writes that senders made before the stop */
	uint64_t overlaps; /* senders that were inside when virtqueues were deleted */
	uint64_t stale;	   /* sends on an endpoint that was destroyed */
	bool oops;	   /* the kernel reported an oops and went on */
	uint64_t lost;	   /* what the kernel side could not keep: see losses in guard.h */
	uint64_t stop_ms;  /* how long the stop took */
};

struct validate_run {
	char rproc[32], device_name[64];
	char kernel[65], machine[65];
	char config[256];  /* what the odds depend on: "SMP PREEMPT HZ=250"; "": not known */
	unsigned int cpus; /* 0: not known */
	char boot_id[40];
	char started[32]; /* UTC, RFC 3339 */
	char devices[VALIDATE_DEVICES_MAX][128];
	size_t n_devices;
	unsigned int senders; /* of each device */
	unsigned int planned;
	struct cycle *cycles;
	size_t n_cycles, room;
	bool ended;	  /* it came to an end by itself */
	char reason[256]; /* why it ended before all cycles were through, or "" */
};

enum verdict {
	VERDICT_CLEAN,
	VERDICT_VULNERABLE,
	VERDICT_FAILED, /* nothing was seen, but it is not known either */
};

/*
 * Exact (Clopper-Pearson) bounds of a binomial proportion, which take the cycles for independent of each
 * other and alike.
 */
struct rate_bounds {
	double lower, upper; /* between 0 and 1 */
};

struct tally {
	enum verdict verdict;
	unsigned int cycles; /* that count: finished, or the kernel died in it */
	unsigned int unsafe; /* of these */
	uint64_t sends, overlaps, stale, lost;
	uint64_t slowest_ms; /* stop */
	unsigned int oopses;
	unsigned int
		died_in; /* number of the cycle in which the kernel died, from 1; 0: it did not */
	unsigned int cut_in; /* the same where it did not die: the run itself was ended */
	struct rate_bounds rate;
};

/* The next cycle, empty, or NULL without memory. */
struct cycle *validate_run_add(struct validate_run *run);
void validate_run_free(struct validate_run *run);

/* A finished one in which something was seen that must not be. */
bool cycle_is_unsafe(const struct cycle *cycle);

/* @boot_id: of the boot in which the question is asked; another one than the run's tells of a death. */
struct tally validate_tally(const struct validate_run *run, const char *boot_id);

/*
 * With 95 % confidence the rate lies within these, after @seen unsafe cycles out of @cycles. When none
 * was seen the whole 5 % are on the upper side, which is near 3 / @cycles: the rule of three; when
 * all were, on the lower. After no cycle at all everything is possible.
 */
struct rate_bounds rate_bounds_95(unsigned int seen, unsigned int cycles);

const char *verdict_name(enum verdict verdict);

#endif
