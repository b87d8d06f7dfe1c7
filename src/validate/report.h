/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The report of a validation, for people, programs and browsers: all from the same run, whether it
 * has just ended or was read from a state file.
 */
#ifndef RPMSG_GUARD_VALIDATE_REPORT_H
#define RPMSG_GUARD_VALIDATE_REPORT_H

#include <stdio.h>

#include "validate/run.h"

struct json_object;

#define REPORT_LINES_MAX 12

/* The findings in sentences, the most important first. */
struct report_lines {
	char text[REPORT_LINES_MAX][320];
	size_t n;
};

/* Adds a line, if there is room. */
void report_say(struct report_lines *lines, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

void report_findings(const struct validate_run *run, const struct tally *tally,
		     struct report_lines *out);

void report_text(FILE *out, const struct validate_run *run, const struct tally *tally);

/* Four tests, for a CI of kernels. */
void report_ktap(FILE *out, const struct validate_run *run, const struct tally *tally);

/* To be put by the caller. */
struct json_object *report_json(const struct validate_run *run, const struct tally *tally);

/* One page that needs nothing else. */
void report_html(FILE *out, const struct validate_run *run, const struct tally *tally);

#endif
