/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether one result of a validation is better than another, and how sure that is.
 */
#ifndef RPMSG_GUARD_VALIDATE_COMPARE_H
#define RPMSG_GUARD_VALIDATE_COMPARE_H

#include <stdio.h>

#include "validate/report.h"
#include "validate/result_file.h"

struct json_object;

enum change {
	CHANGE_BETTER, /* the rate has fallen, with 95 % confidence */
	CHANGE_WORSE,  /* it has risen */
	CHANGE_UNDECIDED,
	CHANGE_NOT_COMPARABLE, /* see differences */
};

struct comparison {
	enum change change;
	struct rate_bounds old_rate, new_rate;
	/*
	 * How often chance alone gives as few (or as many) unsafe cycles in the new result: Fisher's exact
	 * test, one-sided.
	 */
	double chance_fewer, chance_more;
	/* So many cycles without an unsafe one would tell; 0: the number is not known, or not needed. */
	unsigned int cycles_needed;
	struct report_lines differences; /* why the two cannot be compared */
	struct report_lines unknown;	 /* what may differ, and no file tells */
};

void compare_results(const struct validate_result *before, const struct validate_result *after,
		     struct comparison *c);

const char *change_name(enum change change);

void comparison_text(FILE *out, const struct validate_result *before,
		     const struct validate_result *after, const struct comparison *c);

/* To be put by the caller. */
struct json_object *comparison_json(const struct validate_result *before,
				    const struct validate_result *after,
				    const struct comparison *c);

#endif
