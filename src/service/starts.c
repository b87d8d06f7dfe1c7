// SPDX-License-Identifier: GPL-2.0-only
/* A file of three numbers: restarts, deaths, and the process that runs, 0 for none. */
#include "service/starts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log/log.h"
#include "system/files.h"
#include "system/run_dir.h"

static void save(const struct starts *s, int pid)
{
	char text[64];
	int err;

	snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 " %d\n", s->restarts, s->deaths, pid);
	err = file_replace(STARTS_FILE, text);
	if (err)
		log_debug("%s: %s", STARTS_FILE, strerror(-err));
}

void starts_begin(struct starts *s)
{
	char text[64];
	int pid = 0;

	*s = (struct starts){ 0 };
	if (file_read_line(STARTS_FILE, text, sizeof(text)) > 0 &&
	    sscanf(text, "%" SCNu64 " %" SCNu64 " %d", &s->restarts, &s->deaths, &pid) == 3)
		s->restarts++;
	if (pid) {
		s->deaths++;
		log_as(LOG_DIED, LVL_WARNING,
		       "the service died before this start (process %d was killed, or it crashed): "
		       "stops were not held until now; read the log before this line, and the "
		       "kernel's log",
		       pid);
	}
	save(s, getpid());
}

void starts_end(const struct starts *s)
{
	save(s, 0);
}
