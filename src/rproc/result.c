// SPDX-License-Identifier: GPL-2.0-only
/* The names of results, and what they are in an episode file. */
#include "rproc/result.h"

static const enum timeline_result in_file[] = {
	[RESULT_STOPPED] = TL_RESULT_STOPPED,
	[RESULT_STOPPED_UNSAFELY] = TL_RESULT_STOPPED_UNSAFELY,
	[RESULT_UNBOUND] = TL_RESULT_UNBOUND,
	[RESULT_UNBOUND_UNSAFELY] = TL_RESULT_UNBOUND_UNSAFELY,
	[RESULT_RECOVERED] = TL_RESULT_RECOVERED,
	[RESULT_RECOVERED_UNSAFELY] = TL_RESULT_RECOVERED_UNSAFELY,
	[RESULT_STOP_FAILED] = TL_RESULT_FAILED,
	[RESULT_NOT_RECOVERED] = TL_RESULT_FAILED,
	[RESULT_LEFT_CRASHED] = TL_RESULT_REFUSED,
	[RESULT_REFUSED] = TL_RESULT_REFUSED,
	[RESULT_GIVEN_UP] = TL_RESULT_GIVEN_UP,
	[RESULT_NOT_CARRIED_OUT] = TL_RESULT_NOT_CARRIED_OUT,
};

enum timeline_result result_in_file(enum rproc_result result)
{
	return in_file[result];
}

const char *result_key(enum rproc_result result)
{
	static const char *const keys[N_RESULTS] = {
		[RESULT_STOPPED] = "stopped",
		[RESULT_STOPPED_UNSAFELY] = "stopped_unsafely",
		[RESULT_UNBOUND] = "unbound",
		[RESULT_UNBOUND_UNSAFELY] = "unbound_unsafely",
		[RESULT_RECOVERED] = "recovered",
		[RESULT_RECOVERED_UNSAFELY] = "recovered_unsafely",
		[RESULT_STOP_FAILED] = "failed_after_teardown",
		[RESULT_NOT_RECOVERED] = "not_recovered",
		[RESULT_LEFT_CRASHED] = "left_crashed",
		[RESULT_REFUSED] = "refused",
		[RESULT_GIVEN_UP] = "given_up",
		[RESULT_NOT_CARRIED_OUT] = "not_carried_out",
	};

	return keys[result];
}

const char *result_name(enum rproc_result result)
{
	switch (result) {
	case RESULT_NONE:
		return "";
	case RESULT_STOP_FAILED:
		return "failed after the teardown";
	case RESULT_NOT_RECOVERED:
		return "not recovered";
	case RESULT_LEFT_CRASHED:
		return "left crashed";
	default:
		return timeline_result_name(in_file[result]);
	}
}
