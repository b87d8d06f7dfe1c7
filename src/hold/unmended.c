// SPDX-License-Identifier: GPL-2.0-only
#include "hold/unmended.h"

#include <string.h>

#include "log/log.h"
#include "system/records.h"
#include "system/run_dir.h"

#define KIND "unmended"

void unmended_note(const char *tty_name)
{
	int err = record_write(KIND, tty_name, "");

	if (err)
		log_warning(RUN_DIR "/" KIND "/%s: %s", tty_name, strerror(-err));
}

bool unmended_is(const char *tty_name)
{
	return record_exists(KIND, tty_name);
}

void unmended_forget(const char *tty_name)
{
	record_remove(KIND, tty_name);
}
