// SPDX-License-Identifier: GPL-2.0-only
/*
 * The result as KTAP version 1 (Documentation/dev-tools/ktap.rst of the kernel). The names of the tests are the
 * same in every run, so that a CI can follow each over time; cycles are only counted.
 */
#include <inttypes.h>

#include "validate/report.h"

enum {
	SENDERS_OUTSIDE = 1,
	ENDPOINTS_ALIVE,
	KERNEL_SURVIVES,
	RUN_COMPLETE,
	N_TESTS = RUN_COMPLETE
};

static void print_diagnostics(FILE *out, const struct validate_run *run, const struct tally *t)
{
	struct report_lines lines;

	report_findings(run, t, &lines);
	fprintf(out, "# kernel %s %s, %s (%s), %s\n", run->kernel, run->machine, run->rproc,
		run->device_name, run->started);
	for (size_t i = 0; i < lines.n; i++)
		fprintf(out, "# %s\n", lines.text[i]);
}

static void print_test(FILE *out, int number, bool ok, const char *name, const char *skip)
{
	fprintf(out, "%s %d %s", ok ? "ok" : "not ok", number, name);
	if (skip)
		fprintf(out, " # SKIP %s", skip);
	fputc('\n', out);
}

/* Why "nothing was seen" says nothing; NULL: it does. */
static const char *why_not_known(const struct tally *t)
{
	if (t->cycles == 0)
		return "no cycle was completed";
	if (t->lost)
		return "the kernel side had no room for some events or senders";
	return NULL;
}

/* What was seen has failed, whatever was not seen. */
static void print_seen(FILE *out, int number, uint64_t seen, const char *name,
		       const struct tally *t)
{
	print_test(out, number, seen == 0, name, seen ? NULL : why_not_known(t));
}

void report_ktap(FILE *out, const struct validate_run *run, const struct tally *t)
{
	fprintf(out, "KTAP version 1\n1..%d\n", N_TESTS);
	print_diagnostics(out, run, t);
	print_seen(out, SENDERS_OUTSIDE, t->overlaps,
		   "rpmsg_stop.no_sender_inside_when_virtqueues_go", t);
	print_seen(out, ENDPOINTS_ALIVE, t->stale, "rpmsg_stop.no_send_on_a_destroyed_endpoint", t);
	print_seen(out, KERNEL_SURVIVES, t->oopses + (t->died_in != 0),
		   "rpmsg_stop.kernel_survives", t);
	print_test(out, RUN_COMPLETE, t->cycles && run->ended && !run->reason[0] && !t->lost,
		   "rpmsg_stop.every_cycle_was_observed", NULL);
}
