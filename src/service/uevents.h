/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel tells of devices and modules that come and go. */
#ifndef RPMSG_GUARD_SERVICE_UEVENTS_H
#define RPMSG_GUARD_SERVICE_UEVENTS_H

#include <stdbool.h>

#include "system/bound.h"

/* A descriptor to poll, or -1: without CONFIG_NET a look finds what comes and goes, within a second. */
int uevents_open(void);

/* Tells @bound; returns whether what there is to guard or to probe may have changed. */
bool uevents_read(int fd, struct bound *bound);

#endif
