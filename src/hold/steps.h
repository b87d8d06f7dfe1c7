/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The steps of a hold, and what they have in common: how they wait, and how they say what they wait
 * for. Only for src/hold; why the order of the steps is this one is said in sequence.c.
 */
#ifndef RPMSG_GUARD_HOLD_STEPS_H
#define RPMSG_GUARD_HOLD_STEPS_H

#include "hold/hold.h"

/* What a step that waits came to. */
enum waited { WAITED_DONE, WAITED_TIMED_OUT, WAITED_CANCELLED, WAITED_FAILED };

/*
 * Waits for the ttys of the last time, or until a freshly started remote processor has had time to
 * announce what it has. Done at once where the start is long past.
 */
enum waited announced_wait(struct hold *h);

/*
 * Waits for drivers that are being probed for a channel that was announced: see system/bound.h. Not
 * for one whose probe does not come to an end.
 */
enum waited probes_wait(struct hold *h);
bool probes_under_way(struct hold *h);

/* Finds the ttys that newcomers are not kept out of yet, and keeps them out. */
enum waited ttys_keep_out(struct hold *h);

/* Gives the hold up: more of them than there is room for must be closed. Returns WAITED_FAILED. */
enum waited ttys_too_many(struct hold *h);

/* Waits for opens of ttys that are under way, and that nothing shows yet: see settle.c. */
enum waited ttys_settle(struct hold *h);

/* Who cannot be ejected is waited for in the steps that follow. */
enum waited senders_eject(struct hold *h);

/* Looks who has a tty open, and hangs those up. */
enum waited ttys_hang_up(struct hold *h);

/* Until nobody is inside, by the deadline of the hold. */
enum waited senders_drain(struct hold *h);

/* Senders without a record, where there may be some: see unrecorded.c. With the gate closed, and behind a barrier. */
enum waited unrecorded_leave(struct hold *h);

/* Interrupts of the remote processor whose delivery takes long: receivers.c. */
enum waited receivers_leave(struct hold *h);

/*
 * pollers.c: makes programs that poll a device leave the queues of the transport, or has the device waited
 * for as the others are that must be closed. pollers_return() is for a stop that was not carried out, with
 * the gate open again.
 */
enum waited pollers_leave(struct hold *h);
void pollers_return(struct hold *h);

/* The same for a device with its @node that a dead instance had put aside, if it is such a device. */
void pollers_recover(dev_t dev, const char *node);

/*
 * Waits until the functions of modules that have just come are hooked (kernel side, in a thread of the
 * service): before that nobody inside them is on record.
 */
enum waited hooks_wait(struct hold *h);
bool hooks_missing(struct hold *h);

/* As on_open_descriptor says: also what is done about programs that do not close. */
enum hold_result ttys_wait_closed(struct hold *h);
void ttys_mend(struct hold *h, bool all_are_closed);

/* Descriptors of it may outlive the stop. */
static inline bool tty_may_stay_open(const struct hold_tty *t)
{
	return t->keepout.tty.counted && !t->polled;
}

/*
 * chardevs.c: the closes of character devices that cannot be hung up. chardevs_need_close() is
 * whether one may be open, by the kernel's own count alone; chardevs_tell() says who has them open;
 * chardevs_are_free() is for when /proc shows nobody: whether the kernel's own count agrees.
 */
bool chardevs_need_close(const struct hold *h);
void chardevs_tell(struct hold *h);
bool chardevs_are_free(struct hold *h);

/* Whether one has appeared since ttys_keep_out(): then everything has to be done again for it. */
bool ttys_newcomers(struct hold *h);

/* Ends the hang-ups, and puts the nodes back where their ttys still exist. */
void ttys_finish_hangups(struct hold *h);
void ttys_end(struct hold *h, bool carried_out);

/* A set of rights, without the same twice. */
void reach_add(struct reach *r, const struct rights *rights);

/* ---- for all of them ---- */

typedef bool (*condition_fn)(struct hold *h, void *arg);

/*
 * Looks at a condition again and again, more and more seldom: most are fulfilled within a
 * millisecond, the others within seconds. NULL is never fulfilled. Never returns WAITED_FAILED.
 */
enum waited hold_wait(struct hold *h, uint64_t deadline_ms, condition_fn condition, void *arg);

/* The same by the deadline of the hold, but for a second at least: for what is left when all else is done. */
enum waited hold_wait_at_the_end(struct hold *h, condition_fn condition, void *arg);

/* Whether nobody waits for the hold any more. */
bool hold_is_unwanted(const struct hold *h);

/* The pause between two such looks, in microseconds; begins with the first. */
#define PAUSE_FIRST_US 50
void pause_longer(unsigned int *us);

/* @until_ms, or the deadline of the hold if that is earlier. */
uint64_t hold_by(const struct hold *h, uint64_t until_ms);

/* Starts a thread that nobody joins. Returns 0 or a positive errno. */
int hold_thread(void *(*fn)(void *arg), void *arg);

void hold_set_state(struct hold *h, enum hold_state state);
/* @cause is what it is when that is waited for in vain. */
void hold_set_waiting(struct hold *h, enum timeline_cause cause, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Something could not be done that safety rests on. The stop is refused or let through as unsafe,
 * as after a time-out; the rest of the sequence would prove nothing.
 */
void hold_give_up(struct hold *h, enum timeline_cause cause, const char *node, const char *what,
		  int err);

/* What was waited for last becomes the reason of a refusal. */
void hold_blame(struct hold *h);

/*
 * What a hold comes to whose step did not end in WAITED_DONE; @proceed: let it through as unsafe.
 */
enum hold_result hold_unfinished(struct hold *h, enum waited why, bool proceed);

/* Steps that the log has no line for, or another one. */
void hold_mark(const struct hold *h, const struct hold_step *step);
void hold_mark_tty(const struct hold *h, enum timeline_event event, const char *node);

#endif
