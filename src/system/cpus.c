// SPDX-License-Identifier: GPL-2.0-only
#include "system/cpus.h"

#include <ctype.h>
#include <errno.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/vfs.h>

#include "system/files.h"

#define ONLINE "/sys/devices/system/cpu/online"

/* One number at *@p, which moves behind it; -1 when there is none or it is too large. */
static long parse_cpu(const char **p)
{
	char *end;
	long cpu;

	if (!isdigit((unsigned char)**p))
		return -1;
	cpu = strtol(*p, &end, 10);
	*p = end;
	return cpu < CPU_SETSIZE ? cpu : -1;
}

bool cpus_parse(const char *text, cpu_set_t *set)
{
	const char *p = text;
	long first, last;

	CPU_ZERO(set);
	do {
		first = last = parse_cpu(&p);
		if (first >= 0 && *p == '-') {
			p++;
			last = parse_cpu(&p);
		}
		if (first < 0 || last < first)
			return false;
		for (long cpu = first; cpu <= last; cpu++)
			CPU_SET(cpu, set);
	} while (*p++ == ',');
	return p[-1] == '\0';
}

int cpus_online(cpu_set_t *set)
{
	struct statfs fs;
	char text[1024];
	int n;

	if (statfs(ONLINE, &fs) < 0)
		return -errno;
	if (fs.f_type != SYSFS_MAGIC)
		return -EXDEV;
	n = file_read_line(ONLINE, text, sizeof(text));
	if (n < 0)
		return n;
	/* A list that was cut off might still parse. */
	if (n == sizeof(text) - 1 || !cpus_parse(text, set))
		return -EINVAL;
	return 0;
}
