// SPDX-License-Identifier: GPL-2.0-only
/* Reads from the version of the kernel, and from its settings, whether it may skip programs behind kprobes. */
#include "system/skipping.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "system/files.h"
#include "system/realtime.h"

static bool is_from(const struct utsname *name, int major, int minor)
{
	int own_major, own_minor;

	return sscanf(name->release, "%d.%d", &own_major, &own_minor) == 2 &&
	       (own_major > major || (own_major == major && own_minor >= minor));
}

bool skipping_is_possible(void)
{
	struct utsname name;

	/* PREEMPT, PREEMPT_DYNAMIC, which may be switched to it, or PREEMPT_RT. */
	return uname(&name) < 0 ||
	       (strstr(name.version, " PREEMPT") && (is_from(&name, 5, 11) || realtime_kernel()));
}

bool skipping_is_counted(void)
{
	struct utsname name;

	return uname(&name) == 0 && is_from(&name, 6, 7);
}

bool skipping_by_everybody(void)
{
	char value[16];

	return skipping_is_possible() &&
	       file_read_line("/proc/sys/kernel/unprivileged_bpf_disabled", value, sizeof(value)) >
		       0 &&
	       strcmp(value, "0") == 0;
}
