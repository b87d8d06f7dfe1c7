/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What this kernel can do, found out by doing it, and the level of guarding that this comes to.
 */
#ifndef RPMSG_GUARD_SYSTEM_FEATURES_H
#define RPMSG_GUARD_SYSTEM_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

/* What the kernel offers decides how much can be guarded. Higher levels include the lower ones. */
enum level {
	LEVEL_MANUAL,	 /* only "rpmsg-guard stop", by hand */
	LEVEL_USERSPACE, /* stops held at open, ttys quiesced */
	LEVEL_OBSERVE,	 /* and senders tracked with kprobes, so that all are drained */
	LEVEL_OVERRIDE,	 /* and sends refused from the moment a stop is requested */
	LEVEL_AUTO,	 /* as a wish only: the highest there is */
};

const char *level_name(enum level level);

#define FEATURES_MAX 24

struct feature {
	const char *name;
	bool ok;
	char reason[160];      /* why it is missing; may be a remark when it is there */
	const char *remedy;    /* what to do when it is missing */
	enum level needed_for; /* LEVEL_MANUAL: good to have, no level depends on it */
};

/* Fills @out and returns how many there are, at most @max. Changes nothing in the system. */
size_t features_probe(struct feature *out, size_t max);

/* The highest level whose needs, and those of all levels below, are met. */
enum level features_level(const struct feature *features, size_t n);

#endif
