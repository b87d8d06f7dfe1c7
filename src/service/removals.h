/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Callers that want to remove the module of a driver and were turned back (bpf/removal.bpf.h):
 * those that take nothing down go on at once, the others are posted like an open of "unbind".
 */
#ifndef RPMSG_GUARD_SERVICE_REMOVALS_H
#define RPMSG_GUARD_SERVICE_REMOVALS_H

#include "service/service.h"

/* Looks at all of them. */
void removals_tend(struct service *sv);

/* Whether any of them waits for a hold, or was allowed a moment ago. */
bool removals_busy(const struct service *sv);

/* Whether removals_tend() has to look again soon. */
bool removals_undecided(const struct service *sv);

/* Whether it has to say in a while how many were refused. */
bool removals_untold(const struct service *sv);

/* For the end, when nobody is turned back any more: those that were go on as without a guard. */
void removals_free(struct service *sv);

#endif
