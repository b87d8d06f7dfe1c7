// SPDX-License-Identifier: GPL-2.0-only
#include "hold/pause.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "system/files.h"
#include "system/run_dir.h"

static bool is_wanted(const char *state)
{
	char wanted[64];

	return file_read_line(RUN_DIR "/pause-at", wanted, sizeof(wanted)) > 0 &&
	       strcmp(wanted, state) == 0;
}

void pause_in_state(const char *state)
{
	if (!getenv("RPMSG_GUARD_TEST") || !is_wanted(state))
		return;
	file_replace(RUN_DIR "/paused", state);
	while (is_wanted(state))
		pause_ms(5);
	unlink(RUN_DIR "/paused");
}
