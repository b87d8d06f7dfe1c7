// SPDX-License-Identifier: GPL-2.0-only
/*
 * By the addresses in /proc/kallsyms, which have the width of a pointer also where they are hidden. What
 * uname() says of the machine depends on the personality of the caller.
 */
#include "system/width.h"

#include <string.h>

#include "system/files.h"

bool kernel_is_wider(void)
{
	char line[128];

	return file_read_line("/proc/kallsyms", line, sizeof(line)) > 0 &&
	       strcspn(line, " ") > 2 * sizeof(void *);
}
