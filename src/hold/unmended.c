// SPDX-License-Identifier: GPL-2.0-only
#include "hold/unmended.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/log.h"
#include "system/files.h"
#include "system/run_dir.h"

#define RECORD_DIR RUN_DIR "/unmended"

static void record_path(const char *tty_name, char *path)
{
	snprintf(path, PATH_MAX, RECORD_DIR "/%s", tty_name);
}

void unmended_note(const char *tty_name)
{
	char path[PATH_MAX];
	int err;

	record_path(tty_name, path);
	err = mkdir(RECORD_DIR, 0755) < 0 && errno != EEXIST ? -errno : file_replace(path, "");
	if (err)
		log_warning("%s: %s", path, strerror(-err));
}

bool unmended_is(const char *tty_name)
{
	char path[PATH_MAX];

	record_path(tty_name, path);
	return access(path, F_OK) == 0;
}

void unmended_forget(const char *tty_name)
{
	char path[PATH_MAX];

	record_path(tty_name, path);
	unlink(path);
}
