// SPDX-License-Identifier: GPL-2.0-only
/* Which options a kernel lacks: its symbols are read once, whatever number of levels is asked for. */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "system/probe.h"

static unsigned int readings;

/* In the place of the C library's. The kernel has no function but one: all options are off, unless it tells them. */
FILE *fopen(const char *path, const char *mode)
{
	static char symbols[] = "0 t " QUIET_FUNCTION "\n";
	FILE *(*real)(const char *, const char *) = dlsym(RTLD_NEXT, "fopen");

	if (strcmp(path, "/proc/kallsyms") != 0)
		return real(path, mode);
	readings++;
	return fmemopen(symbols, strlen(symbols), "r");
}

static void symbols_are_read_once(void **state)
{
	char first[256], again[256];

	(void)state;
	probe_missing_options(LEVEL_OVERRIDE, first, sizeof(first));
	probe_missing_options(LEVEL_OBSERVE, again, sizeof(again));
	probe_missing_options(LEVEL_OVERRIDE, again, sizeof(again));
	assert_string_equal(again, first);
	assert_int_equal(readings, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbols_are_read_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
