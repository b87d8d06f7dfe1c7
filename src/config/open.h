/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Opens what the settings are read from, and refuses what other users may change: the settings decide where a
 * service of root writes and which programs it ends.
 */
#ifndef RPMSG_GUARD_CONFIG_OPEN_H
#define RPMSG_GUARD_CONFIG_OPEN_H

#include <dirent.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Opens a file, or a folder of drop-ins, of root or of the user of this program that nobody else may write. Follows
 * links: what counts is the file that is read. Returns NULL with errno and one line in @err, which names @path and
 * the remedy.
 */
FILE *config_open_file(const char *path, char *err, size_t errlen);
DIR *config_open_folder(const char *path, char *err, size_t errlen);

#endif
