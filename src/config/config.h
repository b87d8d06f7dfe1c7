/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration files: INI, settings for all remote processors first, then sections [remoteproc
 * NAME] that override them for that remote processor. packaging/rpmsg-guard.conf documents every
 * key.
 */
#ifndef RPMSG_GUARD_CONFIG_CONFIG_H
#define RPMSG_GUARD_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/files.h"
#include "system/features.h"

#define CONFIG_PATH "/etc/rpmsg-guard.conf"
#define CONFIG_VENDOR_DIR "/usr/lib/rpmsg-guard.conf.d"
#define CONFIG_ADMIN_DIR "/etc/rpmsg-guard.conf.d"

enum on_timeout { ON_TIMEOUT_REFUSE, ON_TIMEOUT_PROCEED };
enum on_open_descriptor { OOD_REFUSE, OOD_KILL, OOD_PROCEED };
enum dead_send { DEAD_DROP, DEAD_FAIL };

struct rproc_config {
	unsigned int hold_timeout_ms;  /* a stop is held no longer */
	unsigned int close_timeout_ms; /* wait for hung-up descriptors to be closed */
	unsigned int write_timeout_ms; /* wait for the write of an opener that was let go */
	enum on_timeout on_timeout;
	enum on_open_descriptor on_open_descriptor;
	bool eject;	   /* wake senders that sleep for a buffer */
	bool own_recovery; /* recovers it after a crash instead of the kernel */
	char *ttys;	   /* further ttys, separated by a space, or NULL */
};

struct rproc_section {
	struct rproc_section *next;
	char *name; /* "remoteprocN" or what the driver calls it */
	struct rproc_config settings;
	uint64_t own;	  /* bit per key that a file sets in this section */
	const char *path; /* the last file with this section */
};

struct config {
	struct rproc_config defaults;
	struct rproc_section *sections;
	enum level want_level; /* or LEVEL_AUTO */
	int refused_errno;     /* positive */
	enum dead_send dead_send;
	char *btf_path;		    /* or NULL */
	char *episodes_dir;	    /* or NULL for the default */
	unsigned int episodes_max;  /* 0: none are kept */
	unsigned int episodes_size; /* bytes, all together */
	char *metrics_file;	    /* or NULL: none is written */
	char **files;		    /* those that were read, up to a NULL */
};

/*
 * Reads @path alone into @config. With @path NULL it is CONFIG_PATH and then the drop-ins; a later file
 * overrides the keys of the files before. Returns 0, or a negative errno with one line "file:line: what is
 * wrong; allowed: ..." in @err and nothing to free.
 */
int config_load(const char *path, struct config *config, char *err, size_t errlen);

/* The same as with NULL, for a main file and drop-ins in other places. */
int config_load_from(const struct config_places *places, struct config *config, char *err,
		     size_t errlen);

/* The files that were read, for a line of text. */
void config_files_text(const struct config *config, char *buf, size_t len);

void config_free(struct config *config);

/*
 * The settings of the remote processor that the driver calls @rproc_name and sysfs @sysfs_name. A
 * section for the latter goes first: it is unique.
 */
const struct rproc_config *config_for(const struct config *config, const char *rproc_name,
				      const char *sysfs_name);

#endif
