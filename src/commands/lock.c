// SPDX-License-Identifier: GPL-2.0-only
#include "commands/lock.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "log/log.h"
#include "system/run_dir.h"

int lock_take(int *pid)
{
	int lock = run_dir_lock(pid);

	if (lock == -EPERM && geteuid() == 0)
		log_error(RUN_DIR
			  " is not root's alone, and what lies there would be believed; remove it");
	else if (lock < 0 && lock != -EBUSY)
		log_error("%s: %s%s", LOCK_FILE, strerror(-lock), geteuid() ? "; run as root" : "");
	return lock;
}
