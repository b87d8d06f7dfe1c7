// SPDX-License-Identifier: GPL-2.0-only
#include "system/level.h"

#include <string.h>

static const char *const names[] = {
	[LEVEL_MANUAL] = "manual",     [LEVEL_USERSPACE] = "userspace", [LEVEL_OBSERVE] = "observe",
	[LEVEL_OVERRIDE] = "override", [LEVEL_AUTO] = "auto",
};

const char *level_name(enum level level)
{
	return names[level];
}

int level_parse(const char *name)
{
	for (int i = LEVEL_MANUAL; i <= LEVEL_AUTO; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -1;
}
