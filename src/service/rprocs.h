/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which remote processors there are: they come, go, and come back under the same number.
 *
 * A driver can go and come back before we hear of either, as uevents and opens wait together. So whoever
 * decides for whom an open or a parked caller is looks first whether the one that has the number is
 * still the one that we know.
 */
#ifndef RPMSG_GUARD_SERVICE_RPROCS_H
#define RPMSG_GUARD_SERVICE_RPROCS_H

#include "service/service.h"

/* The next one that is guarded, after @r or from the first (NULL); NULL at the end. */
struct rproc *rprocs_next(struct service *sv, const struct rproc *r);

#define for_each_rproc(sv, r)                                                                      \
	for (struct rproc *r = rprocs_next(sv, NULL); r; r = rprocs_next(sv, r))

/* remoteproc@index as we know it, or NULL. */
struct rproc *rprocs_find(struct service *sv, int index);

/* The same as it is now: to post to. */
struct rproc *rprocs_find_now(struct service *sv, int index);

/* Begins, renews and ends guards by what there is in sysfs, as soon as their threads have ended. */
void rprocs_scan(struct service *sv);

/* Cheap: the same for those whose threads have ended. */
void rprocs_leave(struct service *sv);

/* Posts parked callers to whom they are for. */
void rprocs_offer_parked(struct service *sv);

/* For the end: nobody is parked any more, and those that were go on as without a guard. */
void rprocs_free_parked(struct service *sv);

void rprocs_look(struct service *sv);
bool rprocs_busy(struct service *sv);

/* The threads end as soon as nobody waits; whether they have. */
void rprocs_ask_end(struct service *sv);
bool rprocs_have_ended(struct service *sv);
void rprocs_end(struct service *sv);

#endif
