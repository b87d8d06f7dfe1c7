/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices that are certainly of no remote processor, of which a machine has hundreds. Where a link in sysfs leads
 * to is asked once, and remembered by the link's identity.
 */
#ifndef RPMSG_GUARD_SYSTEM_FOREIGN_H
#define RPMSG_GUARD_SYSTEM_FOREIGN_H

#include <stdbool.h>

#include "system/files.h"

bool foreign_is_known(const struct folder_entry *e);
void foreign_remember(const struct folder_entry *e);

/* Whether a remote processor may own @device, a path: what it owns lies below its own device. */
bool foreign_may_be_owned(const char *device);

#endif
