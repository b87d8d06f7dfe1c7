/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The openers of a slot: who waits for an answer, who was let go, and what the latter are doing. When
 * what happens is slot.c's business.
 */
#ifndef RPMSG_GUARD_SERVICE_OPENERS_H
#define RPMSG_GUARD_SERVICE_OPENERS_H

#include "service/slot.h"

/* Adds @o to one of the two lists of @s, or refuses it when there are too many. */
void openers_queue(struct slot *s, struct opener *list, size_t *n, const struct opener *o);
void openers_drop_ticket(struct opener *list, size_t *n, const struct ticket *ticket);

/* Returns whether the opener was let go. One with a ticket is answered by unbind.c. */
bool openers_answer(struct slot *s, const struct opener *o, bool allow);
void openers_answer_all(struct slot *s, bool allow);

/* Lets one of them go; the others are queued until it is done. */
void openers_release_first(struct slot *s);

/* Whether any that was let go still has the file open, or is inside a write to it. */
bool openers_held_open(const struct slot *s);
bool openers_are_writing(const struct slot *s);

bool openers_all_want_a_stop(const struct slot *s);
bool openers_want_recovery(const struct slot *s);

/* Whether one is not let go yet because other slots are not safe. */
bool openers_wait_for_others(const struct slot *s);

/* Whether @o is the one that was let go. */
bool openers_was_let_go(const struct slot *s, const struct opener *o);
bool openers_have_open(const struct slot *s, int target);

#endif
