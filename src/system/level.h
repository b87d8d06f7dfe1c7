/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel offers decides how much can be guarded. Higher levels include the lower ones.
 */
#ifndef RPMSG_GUARD_SYSTEM_LEVEL_H
#define RPMSG_GUARD_SYSTEM_LEVEL_H

enum level {
	LEVEL_MANUAL,	 /* only "rpmsg-guard stop", by hand */
	LEVEL_USERSPACE, /* stops held at open, ttys quiesced */
	LEVEL_OBSERVE,	 /* and senders tracked with kprobes, so that all are drained */
	LEVEL_OVERRIDE,	 /* and sends refused from the moment a stop is requested */
	LEVEL_AUTO,	 /* as a wish only: the highest there is */
};

const char *level_name(enum level level);

/* The level with that name, or -1. */
int level_parse(const char *name);

#endif
