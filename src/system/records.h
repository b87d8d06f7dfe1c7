/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small files in a folder of RUN_DIR, one for each thing that the next instance has to put right
 * should this one die: RUN_DIR/<kind>/<name>. '!' stands for '/' in sysfs names already, so a
 * device's name is a file name.
 */
#ifndef RPMSG_GUARD_SYSTEM_RECORDS_H
#define RPMSG_GUARD_SYSTEM_RECORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Returns 0 or a negative errno; a record that was there stays whole until then. */
int record_write(const char *kind, const char *name, const char *text);

/* The first line; returns its length or a negative errno. */
int record_read(const char *kind, const char *name, char *buf, size_t len);

void record_remove(const char *kind, const char *name);

/* Calls @fn for every record of that kind; returns for how many it returned true. */
size_t records_count(const char *kind, bool (*fn)(const char *name));

#endif
