// SPDX-License-Identifier: GPL-2.0-only
/* The result of "validate" in the form for a CI of kernels, read by two parsers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "validate/report.h"

/* Three finished cycles, @unsafe of them with an overlap. */
static struct validate_run some_run(size_t unsafe)
{
	struct validate_run run = { .rproc = "remoteproc0", .planned = 3, .ended = true };

	for (size_t i = 0; i < 3; i++) {
		struct cycle *cycle = validate_run_add(&run);

		cycle->finished = true;
		cycle->overlaps = i < unsafe;
	}
	return run;
}

static char *ktap_of(const struct validate_run *run)
{
	const struct tally tally = validate_tally(run, "another boot");
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	report_ktap(f, run, &tally);
	fclose(f);
	return text;
}

/*
 * Version, plan, then results with numbers from 1 on and diagnostics, nothing else: as the kernel's
 * Documentation/dev-tools/ktap.rst has it. Sets how many are "ok", "not ok" and skipped.
 */
static void parse_ktap(const char *text, int counts[3])
{
	char *copy = strdup(text), *save = NULL, *line = strtok_r(copy, "\n", &save);
	int planned = 0, number, seen = 0;

	memset(counts, 0, 3 * sizeof(counts[0]));
	assert_string_equal(line, "KTAP version 1");
	line = strtok_r(NULL, "\n", &save);
	assert_int_equal(sscanf(line, "1..%d", &planned), 1);
	while ((line = strtok_r(NULL, "\n", &save))) {
		const bool failed = strncmp(line, "not ", 4) == 0;
		char name[128], *hash;

		if (strncmp(line, "# ", 2) == 0)
			continue;
		assert_int_equal(sscanf(line + (failed ? 4 : 0), "ok %d %127s", &number, name), 2);
		assert_int_equal(number, ++seen);
		hash = strchr(line, '#');
		assert_true(!hash || strncmp(hash - 1, " # SKIP ", 8) == 0);
		counts[hash ? 2 : failed]++;
	}
	assert_int_equal(seen, planned);
	free(copy);
}

static void expect_ktap(const struct validate_run *run, int ok, int not_ok, int skipped,
			const char *line)
{
	char *text = ktap_of(run);
	int counts[3];

	parse_ktap(text, counts);
	assert_int_equal(counts[0], ok);
	assert_int_equal(counts[1], not_ok);
	assert_int_equal(counts[2], skipped);
	if (!strstr(text, line))
		fail_msg("no '%s' in: %s", line, text);
	free(text);
}

static void test_ktap(void **state)
{
	struct validate_run run = some_run(0);

	(void)state;
	expect_ktap(&run, 4, 0, 0, "\nok 3 rpmsg_stop.kernel_survives\n");
	run.cycles[1].overlaps = 1;
	expect_ktap(&run, 3, 1, 0, "\nnot ok 1 rpmsg_stop.no_sender_inside_when_virtqueues_go\n");
	run.cycles[1].overlaps = 0;
	/* What found no room may have been what was looked for. */
	run.cycles[1].lost = 1;
	expect_ktap(&run, 0, 1, 3,
		    "ok 2 rpmsg_stop.no_send_on_a_destroyed_endpoint # SKIP the kernel");
	run.cycles[1].lost = 0;
	snprintf(run.reason, sizeof(run.reason), "it did not start");
	expect_ktap(&run, 3, 1, 0, "\n# The run ended in cycle 3: it did not start.\n");
	/* Another boot: the kernel has died in the last cycle. */
	run.ended = false;
	expect_ktap(&run, 2, 2, 0, "\nnot ok 3 rpmsg_stop.kernel_survives\n");
	validate_run_free(&run);
	run = some_run(0);
	run.n_cycles = 0;
	expect_ktap(&run, 0, 1, 3, "# SKIP no cycle was completed\n");
	validate_run_free(&run);
}

/* The kernel's own parser finds no error in it, where its source is there. */
static void test_ktap_by_kunit(void **state)
{
	static const char python[] =
		"import sys; sys.dont_write_bytecode = True; sys.path.insert(0, sys.argv[1]); "
		"import kunit_parser; "
		"t = kunit_parser.parse_run_tests(l.rstrip() for l in open(sys.argv[2])); "
		"print(t.counts, file=sys.stderr)";
	struct validate_run run = some_run(1);
	char *text = ktap_of(&run), path[] = "/tmp/rpmsg-guard-ktap-XXXXXX";
	char folder[256], command[1024], said[256] = "";
	FILE *f;

	(void)state;
	snprintf(folder, sizeof(folder), "%s/.cache/rpmsg-guard/source/6.1/tools/testing/kunit",
		 getenv("HOME") ? getenv("HOME") : "/nonexistent");
	f = fdopen(mkstemp(path), "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	free(text);
	validate_run_free(&run);
	if (access(folder, R_OK) != 0) {
		unlink(path);
		skip();
	}
	snprintf(command, sizeof(command), "python3 -c '%s' %s %s 2>&1 >/dev/null", python, folder,
		 path);
	f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(said, sizeof(said), f));
	pclose(f);
	unlink(path);
	assert_string_equal(said, "Ran 4 tests: passed: 3, failed: 1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ktap),
		cmocka_unit_test(test_ktap_by_kunit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
