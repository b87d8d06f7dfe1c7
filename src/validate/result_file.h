/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The result of a validation, as "validate --json" has printed it on any machine.
 */
#ifndef RPMSG_GUARD_VALIDATE_RESULT_FILE_H
#define RPMSG_GUARD_VALIDATE_RESULT_FILE_H

#include "validate/run.h"

/* run.cycles stays empty: what they come to is in the other members. */
struct validate_result {
	struct validate_run run;
	unsigned int cycles, unsafe; /* that count, and of these */
	uint64_t sends, lost;
};

/* Returns 0, or a negative errno with one line in @err. */
int result_file_read(const char *path, struct validate_result *out, char *err, size_t len);

#endif
