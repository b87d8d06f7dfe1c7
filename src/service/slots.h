/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which slot is whose: remote processors that come, go, and come back under the same number.
 *
 * A driver can go and come back before we hear of either, as uevents and opens wait together while we
 * are busy, with the probes on the modules that go for seconds. So whoever decides about an open or a
 * stop looks first whether the slot is still of the remote processor that has the number.
 */
#ifndef RPMSG_GUARD_SERVICE_SLOTS_H
#define RPMSG_GUARD_SERVICE_SLOTS_H

#include "service/service.h"

/* The slot of remoteproc@index as we know it, or NULL. */
struct slot *slots_find(struct service *sv, int index);

/* The same as it is now: to decide with. */
struct slot *slots_find_now(struct service *sv, int index);

/*
 * Begins, renews and ends slots by what there is in sysfs. One that is busy when its remote processor
 * has gone is told to give up, and ended or renewed by a later call.
 */
void slots_scan(struct service *sv);

/* Cheap: ends or renews those that were busy when theirs went, and are not any more. */
void slots_leave_stale(struct service *sv);

#endif
