/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What takes long and concerns no single remote processor, in a thread of its own: attaching to the
 * functions of modules that come, detaching from those of modules that go (seconds; 190 s was seen), what
 * a container did not let be put back, and the records of senders that have left unseen.
 */
#ifndef RPMSG_GUARD_SERVICE_CHORES_H
#define RPMSG_GUARD_SERVICE_CHORES_H

#include <stdbool.h>

#include "kernel_side/kside.h"

struct chores;

/*
 * @kside may be NULL. @wake_fd, an eventfd, is told when the level cannot be kept any more (kside_fits()).
 * Returns NULL without memory or a thread.
 */
struct chores *chores_begin(struct kside *kside, int wake_fd);

/* Modules may have come or gone. Returns at once. */
void chores_ask(struct chores *c);

/*
 * There are few records left; or the kernel side has refused a caller because a sender of its process is on
 * record: it may have left unseen, and then the next call of that process must not be refused. Returns at once.
 */
void chores_tend_records(struct chores *c);

/* False when the thread is stuck: then it may use the kernel side until the process ends. */
bool chores_end(struct chores *c);

#endif
