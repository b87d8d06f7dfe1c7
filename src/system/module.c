// SPDX-License-Identifier: GPL-2.0-only
/* /sys/module/<name>, and what /proc tells of a thread that removes a module. */
#include "system/module.h"

#include <dirent.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>

#include "system/creds.h"
#include "system/files.h"
#include "system/task.h"

/* With a dependent the kernel does not even look whether it is to be forced. */
static bool has_dependents(const char *name)
{
	char path[96];
	const struct dirent *entry;
	bool any = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/module/%.55s/holders", name);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!any && (entry = readdir(dir)))
		any = entry->d_name[0] != '.';
	closedir(dir);
	return any;
}

enum module_use module_use(const char *name, bool forced)
{
	char path[96], line[32];

	snprintf(path, sizeof(path), "/sys/module/%.55s/refcnt", name);
	if (file_read_line(path, line, sizeof(line)) <= 0)
		return MODULE_ABSENT;
	if (strtol(line, NULL, 10) <= 0)
		return MODULE_IDLE;
	return forced && !has_dependents(name) ? MODULE_IDLE : MODULE_IN_USE;
}

bool module_removal_allowed(pid_t tid)
{
	return thread_has_power(tid, CAP_SYS_MODULE);
}

bool module_removal_stopped(pid_t tid)
{
	/* delete_module, and that of the 32-bit ABIs. */
#if defined(__x86_64__)
	static const long calls[] = { 176, 129 };
#else
	static const long calls[] = { 106, 129 };
#endif
	char line[256];
	long number;

	if (!task_is_stopped(tid) || !task_syscall(tid, line, sizeof(line)))
		return false;
	number = strtol(line, NULL, 10);
	return number == calls[0] || number == calls[1];
}
