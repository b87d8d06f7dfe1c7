// SPDX-License-Identifier: GPL-2.0-only
/* One cycle after the other: load, stop, and what was seen of it. */
#include "validate/drive.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "log/log.h"
#include "system/files.h"
#include "validate/state_file.h"
#include "validate/teardown.h"

#define BUSY_TIMEOUT_MS 20000
/* Above the kernel's own transmit timeout of 15 s. */
#define REST_TIMEOUT_MS 20000
/* How long senders go on after the stop, with handles that are stale by then. */
#define AFTER_STOP_MS 100
/*
 * How long senders run before the stop: enough to fill the ring of a remote processor that hangs, and
 * up to so much longer, so that the stop comes at another point of their rhythm each time.
 */
#define LOAD_MS 200
#define JITTER_MS 20
/* Bits of /proc/sys/kernel/tainted: the kernel has oopsed. */
#define TAINT_DIE (1ul << 7)

/* Of all gates: a handle that comes out of freed memory belongs to none. */
static uint64_t stale_sends(const struct kside *kside)
{
	struct kside_counters c;
	uint64_t sum = 0;

	for (int i = 0; i < REMOTEPROC_MAX; i++) {
		kside_counters(kside, i, &c);
		sum += c.stale;
	}
	return sum;
}

struct snapshot {
	uint64_t overlaps, stale;
	struct kside_losses losses;
	bool oopsed;
};

static bool has_oopsed(void)
{
	char text[32];

	return file_read_line("/proc/sys/kernel/tainted", text, sizeof(text)) > 0 &&
	       strtoul(text, NULL, 10) & TAINT_DIE;
}

static struct snapshot look(const struct drive *d)
{
	struct kside_counters c;
	struct snapshot s;

	kside_counters(d->kside, d->rp->index, &c);
	s.overlaps = c.unsafe_overlaps;
	s.stale = stale_sends(d->kside);
	s.losses = kside_losses(d->kside);
	s.oopsed = has_oopsed();
	return s;
}

/* Whether another remote processor is up, whose senders are among the records. */
static bool others_are_up(const struct remoteproc *rp)
{
	struct remoteproc *all = calloc(REMOTEPROC_MAX, sizeof(*all));
	size_t n = all ? remoteproc_list(all, REMOTEPROC_MAX) : 0;
	bool up = !all;

	for (size_t i = 0; i < n && !up; i++)
		up = all[i].index != rp->index && remoteproc_is_up(remoteproc_state(&all[i]));
	free(all);
	return up;
}

/*
 * A sender is proved to have been inside by its coming out, or by its being inside still. The number
 * at the deletion also counts those that came to their end there; it is only believed when no exit
 * was missed and all senders are those of this remote processor.
 */
static uint64_t count_overlaps(const struct drive *d, const struct snapshot *before,
			       const struct snapshot *after, const struct teardown *teardown)
{
	struct kside_sender left[1];
	uint64_t seen = after->overlaps - before->overlaps;
	const uint64_t inside = teardown->inside > 0 ? (uint64_t)teardown->inside : 0;

	seen += kside_senders(d->kside, d->rp->index, left, 1);
	if (inside > seen && after->losses.exits == before->losses.exits && !others_are_up(d->rp))
		seen = inside;
	return seen;
}

static void evaluate(const struct drive *d, const struct snapshot *before,
		     struct teardown *teardown, struct cycle *out)
{
	struct snapshot after;

	kside_consume(d->kside, teardown_note, teardown);
	after = look(d);
	out->overlaps = count_overlaps(d, before, &after, teardown);
	out->stale = after.stale - before->stale;
	out->oops = after.oopsed && !before->oopsed;
	out->lost = after.losses.events - before->losses.events + after.losses.senders -
		    before->losses.senders + after.losses.endpoints - before->losses.endpoints;
	out->finished = true;
}

static void load_for_a_while(void)
{
	unsigned char random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = 0;
	pause_ms(LOAD_MS + random % (JITTER_MS + 1));
}

static bool command(const struct drive *d, const char *word, char *reason, size_t len)
{
	const int err = remoteproc_command(d->rp, word);

	if (err)
		snprintf(reason, len, "the kernel refused \"%s\": %s", word, strerror(-err));
	return !err;
}

static bool stop(const struct drive *d, struct cycle *out, char *reason, size_t len)
{
	const uint64_t begin = clock_ms();

	if (!command(d, "stop", reason, len))
		return false;
	out->stop_ms = clock_ms() - begin;
	if (!remoteproc_is_up(remoteproc_state(d->rp)))
		return true;
	snprintf(reason, len,
		 "%s is still running after its stop: it was started more than "
		 "once, and each start needs a stop",
		 d->rp->name);
	return false;
}

/* Starts it and brings it under load. */
static bool begin_load(const struct drive *d, char *reason, size_t len)
{
	/* Modules may have been loaded since, and the first start may load them itself. */
	if (kside_refresh(d->kside, reason, len) || !command(d, "start", reason, len))
		return false;
	workload_go(d->workload);
	return workload_wait_busy(d->workload, BUSY_TIMEOUT_MS, reason, len) &&
	       kside_refresh(d->kside, reason, len) == 0;
}

/* Back to rest, when the cycle comes to nothing. What goes wrong here does not matter any more. */
static void give_up(const struct drive *d)
{
	char ignored[256];

	workload_rest(d->workload, REST_TIMEOUT_MS, ignored, sizeof(ignored));
	if (remoteproc_is_up(remoteproc_state(d->rp)))
		remoteproc_command(d->rp, "stop");
}

/*
 * False when nothing can be said of this cycle. A reason, which may be there in both cases, ends the
 * run.
 */
static bool one_cycle(const struct drive *d, struct cycle *out, char *reason, size_t len)
{
	struct teardown teardown = { .rproc = (uint32_t)d->rp->index };
	const uint64_t writes = workload_writes(d->workload);
	struct snapshot before;

	if (!begin_load(d, reason, len)) {
		give_up(d);
		return false;
	}
	reason[0] = '\0';
	load_for_a_while();
	/* Those of the time before are not of this stop. */
	kside_consume(d->kside, teardown_note, &teardown);
	teardown = (struct teardown){ .rproc = (uint32_t)d->rp->index };
	before = look(d);
	out->sends = workload_writes(d->workload) - writes;
	if (!stop(d, out, reason, len)) {
		give_up(d);
		return false;
	}
	pause_ms(AFTER_STOP_MS);
	workload_rest(d->workload, REST_TIMEOUT_MS, reason, len);
	evaluate(d, &before, &teardown, out);
	/* The positive control. Events that found no room are in the account already. */
	return cycle_is_unsafe(out) || out->lost || teardown_seen(&teardown, reason, len);
}

/* What a cycle was like, in one line. */
static void describe(const struct cycle *c, char *out, size_t len)
{
	size_t n = (size_t)snprintf(out, len, "stopped in %llu ms, ",
				    (unsigned long long)c->stop_ms);

	if (!cycle_is_unsafe(c)) {
		snprintf(out + n, len - n, "nothing unsafe seen");
		return;
	}
	snprintf(out + n, len - n,
		 "unsafe: senders inside while a virtqueue was deleted: %llu, sends on dead "
		 "endpoints: %llu%s",
		 (unsigned long long)c->overlaps, (unsigned long long)c->stale,
		 c->oops ? ", the kernel printed an oops" : "");
}

static bool asked_to_end(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 &&
	       (sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM) ||
		sigismember(&pending, SIGHUP));
}

int drive_cycles(const struct drive *d, const struct validate_run *run, char *reason, size_t len)
{
	char text[160];
	int err = 0;

	reason[0] = '\0';
	for (size_t n = 1; n <= run->planned && !err && !reason[0] && !asked_to_end(); n++) {
		struct cycle cycle = { 0 };

		err = state_file_begin(d->state_fd, n);
		if (err || !one_cycle(d, &cycle, reason, len))
			break;
		err = state_file_result(d->state_fd, n, &cycle);
		describe(&cycle, text, sizeof(text));
		log_notice("cycle %zu of %u: %s", n, run->planned, text);
	}
	return err ?: state_file_end(d->state_fd, reason);
}
