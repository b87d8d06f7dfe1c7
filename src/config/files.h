/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which configuration files are read when the user names no file: the main file, then the drop-ins of
 * both folders in the order of their names.
 */
#ifndef RPMSG_GUARD_CONFIG_FILES_H
#define RPMSG_GUARD_CONFIG_FILES_H

#include <stddef.h>

struct config_places {
	const char *file;
	const char *vendor_dir; /* drop-ins of packages */
	const char *admin_dir;	/* a name here hides the same name in @vendor_dir */
};

/*
 * The paths of the files that exist, up to a NULL, for config_files_free(). Files and folders that are not
 * there are left out. Returns NULL with one line in @err when a folder cannot be read.
 */
char **config_files_find(const struct config_places *places, char *err, size_t errlen);

/* A list of @path alone, or NULL. */
char **config_files_named(const char *path);

void config_files_free(char **files);

#endif
