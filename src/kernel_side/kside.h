/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel side as the rest of the program sees it: one gate per remote processor, the senders
 * that are inside, and the events. Exists only at the levels "observe" and "override".
 *
 * Threads:
 *
 *  - kside_refresh() is for one thread at a time. It attaches and detaches, which takes seconds; of the
 *    others only ejecting_begin() may wait for a part of that.
 *  - kside_consume() is for one thread at a time, too, which may be another.
 *  - Everything else, here, in parked.h, flight.h and event.h, may be called by any number of threads
 *    together and beside those two. What changes one gate (close, open, release, eject) is left to the
 *    thread that owns this remote processor; for different ones it may run at the same time.
 *  - kside_setup(), kside_open_passive() and kside_close() come before and after all of that.
 */
#ifndef RPMSG_GUARD_KERNEL_SIDE_KSIDE_H
#define RPMSG_GUARD_KERNEL_SIDE_KSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rpmsg-guard/event.h"
#include "system/features.h"

struct config;
struct kside;
struct remoteproc;

struct kside_sender {
	int pid, tid;
	char comm[16];
	char function[32]; /* the entry point it is in */
	uint64_t since_ns; /* CLOCK_MONOTONIC at entry */
	uint64_t endpoint;
};

struct kside_counters {
	uint64_t refused, dropped, unsafe_overlaps;
	uint64_t stale; /* sends on dead endpoints that were let through, at level "observe" */
};

typedef void (*kside_event_fn)(const struct rg_event *event, void *arg);

/*
 * Loads and attaches at the highest level that @config wants and the kernel can do, or at "observe" with
 * @observe_only; says which and why, and refuses to half-guard without a word. @kside is NULL below
 * "observe". Returns 0, -EOPNOTSUPP when the kernel cannot do what has to be, or -EINVAL when @config wants
 * a level that needs no service; the log has the reason.
 */
int kside_setup(const struct config *config, bool observe_only, enum level *level,
		struct kside **kside);

/*
 * Only looks, at level "observe": an unheld shutdown waits for nobody. The flight recorder keeps
 * @flight_sends of each task, a power of two. On failure returns a negative errno with one line of reason
 * and remedy in @reason, and nothing stays attached.
 */
int kside_open_passive(struct kside **out, const struct config *config, unsigned int flight_sends,
		       char *reason, size_t len);

/*
 * False once kside_refresh() has found out that the kernel side does not find its way in this kernel: then
 * it sees no teardown, and kside_setup() comes to level "userspace" where it finds out, too. Also false once
 * overrides are not to be relied on any more (see system/optimization.h). Any thread.
 */
bool kside_fits(void);

/*
 * Tries that for "check", with the kernel side loaded for a moment and without hooks. Sets ok, reason and
 * remedy of @feature, which is not ok before.
 */
void kside_try(const struct config *config, struct feature *feature);

/* Detaches everything; open gates are a consequence. */
void kside_close(struct kside *kside);

/*
 * Attaches to functions of modules that have been loaded since, and forgets those of modules that
 * have gone. Cheap when nothing changed. Returns 0 or a negative errno.
 */
int kside_refresh(struct kside *kside, char *reason, size_t len);

/*
 * Whether what kside_refresh() has attached is all that the modules that are there now offer: false from the
 * moment that a module comes or goes until kside_refresh() is through with it. Until then a sender may be
 * inside that is not on record, so a hold that finds nobody inside has to look again later. Takes
 * four stat() and waits for nothing.
 */
bool kside_is_current(struct kside *kside);

/*
 * A remote processor is down: if no channel of any is left, no endpoint is alive, and the ledger of endpoints begins
 * anew before the next start. Any thread; reads one folder.
 */
void kside_channels_may_be_gone(struct kside *kside);

/*
 * Closes the gate of remoteproc<index> and returns once every send that began before is either on
 * record or over (see bpf/gate.bpf.h for the ordering). At level "observe" sends are not refused.
 * -ERANGE: there is no gate for so high a number, but all is on record; any other negative errno:
 * neither is sure.
 */
int kside_gate_close(struct kside *kside, int index);
int kside_gate_open(struct kside *kside, int index);

/*
 * Whether interrupts of remoteproc<index> are seen when they are delivered, and can be turned away
 * (bpf/receive.bpf.h): at level "override", where the allow list has what it takes.
 */
bool kside_sees_deliveries(const struct kside *kside, int index);

#define KSIDE_DELIVERIES_MAX 4

struct kside_delivery {
	int queue;	/* the number of the virtqueue */
	int tid;	/* of the thread that delivers; 0: an interrupt of an idle CPU */
	uint32_t moves; /* changes with each delivery, and with each message of it */
};

/*
 * The deliveries of remoteproc<index> that are under way; returns how many. May have one whose end was missed. Only
 * where they are seen.
 */
size_t kside_deliveries(const struct kside *kside, int index, struct kside_delivery *out);

/*
 * Lets rproc_shutdown() of remoteproc<index> through from here on, until it is torn down: its hold is
 * complete. False when it was torn down, or booted, since its gate was closed: then the hold says nothing
 * of what is there, and nobody is let through.
 */
bool kside_gate_release(struct kside *kside, int index);

/* The same for a remote processor that is down, while a caller is let go to start it. */
void kside_gate_release_down(struct kside *kside, int index);

void kside_gate_withdraw_release(struct kside *kside, int index);

/* Whether it is as kside_gate_release() has left it: nobody has taken it down since, nor booted it. */
bool kside_gate_is_released(const struct kside *kside, int index);

/*
 * The senders inside remoteproc<index> right now; fills @out up to @max and returns their number.
 * Records of sends whose exit was missed are found out and removed.
 */
size_t kside_senders(struct kside *kside, int index, struct kside_sender *out, size_t max);

/*
 * Whether a sender may be inside that has no record, because the kernel skips programs on a CPU on which another
 * program is inside bpf() (missed.c). False where /proc does not show where threads sleep: there is nothing to look at.
 */
bool kside_may_have_missed(struct kside *kside);

/* How many sends are known to have begun unseen. As long as it stays, no send is known to have passed a closed gate. */
uint64_t kside_missed(const struct kside *kside);

/* It has grown: where /proc does not show where threads sleep, holds wait until such a sender must be out. */
void kside_distrust_records(struct kside *kside);

/* Whether thread @tid is inside a send, of any remote processor, by its record. */
bool kside_is_on_record(const struct kside *kside, int tid);

/*
 * Behind a look that has found no sender of remoteproc<index> inside: returns 0 when whatever they did is done and
 * visible to everybody, a negative errno when that is not sure. May visit every CPU.
 */
int kside_all_left(struct kside *kside, int index);

/*
 * Whether thread @tid has begun a send that waits for a buffer, or a poll, after @since_ns (CLOCK_MONOTONIC). It
 * may say so late. Other sends may be those of an interrupt on top of it.
 */
bool kside_has_sent_since(const struct kside *kside, int tid, uint64_t since_ns);

/*
 * The same as the records stand, for the event loop: the look at a process may wait for that process. One
 * that has left its send unseen stays until kside_senders() is called.
 */
size_t kside_senders_on_record(struct kside *kside, int index, struct kside_sender *out,
			       size_t max);

/*
 * Ends the records of sends whose exit was missed, of all remote processors, and takes records back from tasks
 * that have gone. Until then a process of such a sender cannot be parked. The same look at processes as above.
 */
void kside_tend_records(struct kside *kside);

/* Whether few records are left, so that kside_tend_records() is due. An event comes with it, for kside_consume(). */
bool kside_wants_tending(const struct kside *kside);

/* Whether senders of remoteproc<index> can be ejected, as far as that is known before it is tried. */
bool ejecting_possible(const struct kside *kside, int index);

/*
 * Between the two, every sender of @rp that wakes up leaves its send. Nobody is to be woken unless the first has
 * returned 0: with a signal pending and no buffer to leave with, a sender would run in circles. It attaches a hook
 * for that, which takes milliseconds; kside_refresh() detaches it. Else returns a negative errno, with one line
 * in @reason.
 */
int ejecting_begin(struct kside *kside, const struct remoteproc *rp, char *reason, size_t len);
void ejecting_end(struct kside *kside, int index);

/*
 * Whether a poll of /dev/rpmsgN does not get to the transport while the gate of remoteproc<index> is closed
 * (bpf/poll.bpf.h): who polls then waits for messages, and is on no queue of the transport.
 */
bool kside_answers_polls(const struct kside *kside, int index);

/*
 * A function on which another program's BPF trampoline sits, so that sends may get in which the gate refuses, on no
 * record; NULL if there is none. Only at level "override". Any thread.
 */
const char *kside_bypassed(const struct kside *kside);

bool kside_gate_is_closed(const struct kside *kside, int index);

/* Whether virtqueues or resources were freed since the gate closed: then the stop is a fact. */
bool kside_tearing_down(const struct kside *kside, int index);

/* The calls of rproc_shutdown() and rproc_detach() that were let in and have returned. */
struct kside_shutdowns {
	uint32_t n;
	bool told;  /* what they return, which they do since 5.18 */
	int result; /* of the last one: 0 or a negative errno */
};

void kside_shutdowns(const struct kside *kside, int index, struct kside_shutdowns *out);

void kside_counters(const struct kside *kside, int index, struct kside_counters *out);

/* What the kernel side could not keep, since the start. None of it makes a hold unsafe or longer. */
struct kside_losses {
	uint64_t events;    /* no room in the ring buffer: the timeline is incomplete */
	uint64_t senders;   /* no room for a record: such a send was not waited for */
	uint64_t endpoints; /* no room in the ledger: the world is not closed any more */
	uint64_t exits;	    /* missed for want of kretprobe instances, and noticed later */
};

struct kside_losses kside_losses(const struct kside *kside);

/* A descriptor to poll, and the call that hands over what has arrived. */
int kside_event_fd(const struct kside *kside);
void kside_consume(struct kside *kside, kside_event_fn fn, void *arg);

#endif
