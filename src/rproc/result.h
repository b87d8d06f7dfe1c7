/* SPDX-License-Identifier: GPL-2.0-only */
/* What became of a hold. */
#ifndef RPMSG_GUARD_RPROC_RESULT_H
#define RPMSG_GUARD_RPROC_RESULT_H

#include "timeline/names.h"

enum rproc_result {
	RESULT_NONE,
	RESULT_STOPPED,
	RESULT_STOPPED_UNSAFELY,
	RESULT_UNBOUND,
	RESULT_UNBOUND_UNSAFELY,
	RESULT_RECOVERED,
	RESULT_RECOVERED_UNSAFELY,
	RESULT_STOP_FAILED, /* after the teardown: it is neither up nor down */
	RESULT_NOT_RECOVERED,
	RESULT_LEFT_CRASHED,
	RESULT_REFUSED,
	RESULT_GIVEN_UP,
	RESULT_NOT_CARRIED_OUT,
	N_RESULTS,
};

/* For people and for the status: "not recovered". */
const char *result_name(enum rproc_result result);

/* For programs, and it never changes: "not_recovered". Not of RESULT_NONE. */
const char *result_key(enum rproc_result result);

/* For an episode file, which has fewer words (docs/episode-format.md): "failed". Not of RESULT_NONE. */
enum timeline_result result_in_file(enum rproc_result result);

#endif
