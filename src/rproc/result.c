// SPDX-License-Identifier: GPL-2.0-only
/* The names of results. */
#include "rproc/result.h"

static const struct {
	const char *name, *word;
} names[] = {
	[RESULT_NONE] = { "", "" },
	[RESULT_STOPPED] = { "stopped", "stopped" },
	[RESULT_STOPPED_UNSAFELY] = { "stopped unsafely", "stopped unsafely" },
	[RESULT_UNBOUND] = { "unbound", "unbound" },
	[RESULT_RECOVERED] = { "recovered", "recovered" },
	[RESULT_RECOVERED_UNSAFELY] = { "recovered unsafely", "recovered unsafely" },
	[RESULT_NOT_RECOVERED] = { "not recovered", "failed" },
	[RESULT_LEFT_CRASHED] = { "left crashed", "refused" },
	[RESULT_REFUSED] = { "refused", "refused" },
	[RESULT_GIVEN_UP] = { "given up", "given up" },
	[RESULT_NOT_CARRIED_OUT] = { "not carried out", "not carried out" },
};

const char *result_name(enum rproc_result result)
{
	return names[result].name;
}

const char *result_word(enum rproc_result result)
{
	return names[result].word;
}
