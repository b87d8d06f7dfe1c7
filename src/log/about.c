// SPDX-License-Identifier: GPL-2.0-only
/* The fields of a thread, in its own memory: no lock. */
#include "log/about.h"

#include <string.h>

#include "log/printable.h"

static __thread char values[N_LOG_FIELDS][LOG_VALUE_MAX];

void log_about(enum log_field field, const char *value)
{
	printable(values[field], LOG_VALUE_MAX, value ? value : "", value ? strlen(value) : 0);
}

size_t log_about_pack(char out[N_LOG_FIELDS * LOG_VALUE_MAX])
{
	size_t n = 0, len;

	for (int i = 0; i < N_LOG_FIELDS; i++) {
		len = strlen(values[i]) + 1;
		memcpy(out + n, values[i], len);
		n += len;
	}
	return n;
}
