/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A job for helpers in every /dev that is not the host's. A container that does not answer within a second is named in
 * the log.
 */
#ifndef RPMSG_GUARD_HOLD_CONTAINERS_H
#define RPMSG_GUARD_HOLD_CONTAINERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "helper/helper.h"
#include "helper/jobs.h"

/* What is asked in every other /dev, and what came of it in numbers of containers. */
struct container_round {
	enum helper_job job;
	struct nodes_request request; /* but for the process */
	size_t answer_len;
	void (*take)(pid_t pid, const void *answer, void *arg);
	void *arg;
	const char *otherwise; /* what the log says of nodes where it is not known to be done */
	bool any;	       /* there is another /dev */
	size_t silent;	       /* in these it is not known to be done */
	size_t gone; /* the process that stood for them has ended: others may still be there */
};

/* Has helpers do it in every other /dev; returns whether it is known to be done in all. */
bool containers_ask(struct container_round *r);

#endif
