// SPDX-License-Identifier: GPL-2.0-only
/* Two results of "validate" compared. */
#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "validate/compare.h"

static struct validate_result result(unsigned int unsafe, unsigned int cycles)
{
	return (struct validate_result){
		.run = { .rproc = "remoteproc0",
			 .device_name = "imx-rproc",
			 .kernel = "6.1.0",
			 .machine = "aarch64",
			 .started = "2026-01-02T03:04:05Z",
			 .config = "SMP PREEMPT HZ=250",
			 .cpus = 2,
			 .devices = { "/dev/ttyRPMSG0" },
			 .n_devices = 1,
			 .senders = 4 },
		.cycles = cycles,
		.unsafe = unsafe,
	};
}

static struct comparison compared(unsigned int unsafe_old, unsigned int cycles_old,
				  unsigned int unsafe_new, unsigned int cycles_new)
{
	const struct validate_result before = result(unsafe_old, cycles_old);
	const struct validate_result after = result(unsafe_new, cycles_new);
	struct comparison c;

	compare_results(&before, &after, &c);
	assert_int_equal(c.differences.n, 0);
	assert_int_equal(c.unknown.n, 0);
	return c;
}

/* By hand, and Fisher's own example: 3 of 4 against 1 of 4. */
static void test_chances(void **state)
{
	struct comparison c = compared(3, 4, 1, 4);

	(void)state;
	assert_float_equal(c.chance_fewer, 17.0 / 70, 1e-9);
	assert_float_equal(c.chance_more, 69.0 / 70, 1e-9);
	c = compared(1, 1, 0, 60);
	assert_float_equal(c.chance_fewer, 1.0 / 61, 1e-9);
	assert_float_equal(c.chance_more, 1, 1e-9);
	c = compared(0, 100000, 0, 100000);
	assert_float_equal(c.chance_fewer, 1, 1e-9);
}

static void test_changes(void **state)
{
	static const struct {
		unsigned int unsafe_old, cycles_old, unsafe_new, cycles_new;
		enum change change;
	} cases[] = {
		{ 24, 40, 0, 60, CHANGE_BETTER },
		{ 1, 1, 0, 60, CHANGE_BETTER },
		{ 50, 100, 20, 100, CHANGE_BETTER },
		{ 0, 60, 24, 40, CHANGE_WORSE },
		{ 0, 60, 1, 1, CHANGE_WORSE },
		{ 5, 100, 0, 20, CHANGE_UNDECIDED },
		{ 5, 100, 4, 100, CHANGE_UNDECIDED },
		{ 0, 100, 0, 100, CHANGE_UNDECIDED },
		{ 100000, 100000, 0, 100000, CHANGE_BETTER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct comparison c = compared(cases[i].unsafe_old, cases[i].cycles_old,
						     cases[i].unsafe_new, cases[i].cycles_new);

		if (c.change != cases[i].change)
			fail_msg("case %zu is %s", i, change_name(c.change));
	}
}

/* The number that is told is the smallest that tells. */
static void test_cycles_needed(void **state)
{
	const unsigned int needed = compared(5, 100, 0, 20).cycles_needed;

	(void)state;
	assert_in_range(needed, 60, 100);
	assert_int_equal(compared(5, 100, 0, needed).change, CHANGE_BETTER);
	assert_int_equal(compared(5, 100, 0, needed).cycles_needed, 0);
	assert_int_equal(compared(5, 100, 0, needed - 1).change, CHANGE_UNDECIDED);
	/* Nothing to fall from, and more than a validation can do. */
	assert_int_equal(compared(0, 100, 0, 100).cycles_needed, 0);
	assert_int_equal(compared(1, 100000, 0, 100).cycles_needed, 0);
	assert_int_equal(compared(5, 100, 4, 100).cycles_needed, 0);
}

static void expect_difference(const struct validate_result *after, const char *line)
{
	const struct validate_result before = result(5, 100);
	struct comparison c;

	compare_results(&before, after, &c);
	assert_int_equal(c.change, CHANGE_NOT_COMPARABLE);
	assert_int_equal(c.differences.n, 1);
	assert_string_equal(c.differences.text[0], line);
}

static void test_not_comparable(void **state)
{
	struct validate_result after = result(0, 100);

	(void)state;
	strcpy(after.run.config, "SMP PREEMPT KASAN HZ=250");
	expect_difference(&after, "kernel configuration: OLD SMP PREEMPT HZ=250, NEW SMP PREEMPT "
				  "KASAN HZ=250");
	after = result(0, 100);
	after.run.senders = 2;
	expect_difference(&after, "load: senders for each device: OLD 4, NEW 2");
	after = result(0, 100);
	strcpy(after.run.devices[after.run.n_devices++], "/dev/rpmsg_ctrl0:77");
	expect_difference(&after, "load: devices: OLD /dev/ttyRPMSG0, NEW /dev/ttyRPMSG0 "
				  "/dev/rpmsg_ctrl0:77");
	after = result(0, 100);
	after.run.cpus = 4;
	expect_difference(&after, "CPUs: OLD 2, NEW 4");
	after = result(0, 100);
	strcpy(after.run.machine, "x86_64");
	expect_difference(&after, "machine: OLD aarch64, NEW x86_64");
	after = result(0, 0);
	expect_difference(&after, "NEW has no cycle that was completed");
	after = result(0, 100);
	after.lost = 3;
	expect_difference(&after, "NEW: the kernel side had no room for 3 events or senders, so "
				  "unsafe cycles may be missing");
}

/* Another kernel is what a comparison is for; what an older program did not write is said. */
static void test_comparable(void **state)
{
	struct validate_result before = result(24, 40), after = result(0, 60);
	struct comparison c;

	(void)state;
	strcpy(after.run.kernel, "6.1.0-fixed");
	after.run.config[0] = '\0';
	compare_results(&before, &after, &c);
	assert_int_equal(c.change, CHANGE_BETTER);
	assert_int_equal(c.unknown.n, 1);
	assert_string_equal(c.unknown.text[0], "kernel configuration: not known for NEW");
}

static char *text_of(const struct validate_result *before, const struct validate_result *after)
{
	struct comparison c;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	compare_results(before, after, &c);
	comparison_text(f, before, after, &c);
	fclose(f);
	return text;
}

static void expect_text(unsigned int unsafe_old, unsigned int cycles_old, unsigned int unsafe_new,
			unsigned int cycles_new, const char *part)
{
	const struct validate_result before = result(unsafe_old, cycles_old);
	const struct validate_result after = result(unsafe_new, cycles_new);
	char *text = text_of(&before, &after);

	if (!strstr(text, part))
		fail_msg("no '%s' in: %s", part, text);
	free(text);
}

static void test_texts(void **state)
{
	(void)state;
	expect_text(24, 40, 0, 60, "verdict: better\n  OLD: 24 of 40 cycles were unsafe (60 %);");
	expect_text(24, 40, 0, 60,
		    "NEW: 0 of 60 cycles were unsafe; with 95 % confidence the rate is "
		    "below 4.87 %.\n");
	expect_text(1, 1, 0, 60, "as few unsafe cycles in 1.6 % of all runs.\n");
	expect_text(24, 40, 0, 60, "as few unsafe cycles in less than 0.001 % of all runs.\n");
	expect_text(0, 60, 24, 40, "as many unsafe cycles in ");
	expect_text(5, 100, 0, 20,
		    "The 20 cycles of NEW are too few: 81 cycles, none of them unsafe, ");
	expect_text(5, 100, 4, 100, "More cycles of both can decide this.\n");
	expect_text(0, 9, 0, 9, "OLD has no unsafe cycle under this load");
}

static void test_json(void **state)
{
	const struct validate_result before = result(24, 40), after = result(0, 60);
	struct json_object *o, *value;
	struct comparison c;

	(void)state;
	compare_results(&before, &after, &c);
	o = comparison_json(&before, &after, &c);
	assert_true(json_object_object_get_ex(o, "verdict", &value));
	assert_string_equal(json_object_get_string(value), "better");
	assert_true(json_object_object_get_ex(o, "new", &value));
	assert_true(json_object_object_get_ex(value, "cycles_done", &value));
	assert_int_equal(json_object_get_int(value), 60);
	assert_true(json_object_object_get_ex(o, "cycles_needed", &value));
	assert_null(value);
	json_object_put(o);
}

/* ---- the files ---- */

static char path[] = "/tmp/rpmsg-guard-result-XXXXXX";

static void write_file(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* Three finished cycles, @unsafe of them with an overlap. */
static struct validate_run some_run(size_t unsafe)
{
	struct validate_run run = result(0, 0).run;

	run.planned = 3;
	for (size_t i = 0; i < 3; i++) {
		struct cycle *cycle = validate_run_add(&run);

		cycle->finished = true;
		cycle->sends = 5;
		cycle->overlaps = i < unsafe;
	}
	run.ended = true;
	return run;
}

/* What "validate --json" prints is what is read. */
static void test_read_back(void **state)
{
	struct validate_run run = some_run(2);
	const struct tally tally = validate_tally(&run, "");
	struct json_object *o = report_json(&run, &tally);
	struct validate_result back;
	char err[256] = "";

	(void)state;
	write_file(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY));
	json_object_put(o);
	if (result_file_read(path, &back, err, sizeof(err)))
		fail_msg("%s", err);
	assert_int_equal(back.cycles, 3);
	assert_int_equal(back.unsafe, 2);
	assert_int_equal(back.sends, 15);
	assert_int_equal(back.run.senders, 4);
	assert_int_equal(back.run.cpus, 2);
	assert_string_equal(back.run.config, "SMP PREEMPT HZ=250");
	assert_string_equal(back.run.devices[0], "/dev/ttyRPMSG0");
	assert_string_equal(back.run.device_name, "imx-rproc");
	validate_run_free(&run);
}

static void expect_unreadable(const char *text, const char *why)
{
	struct validate_result r;
	char err[256] = "";

	write_file(text);
	assert_true(result_file_read(path, &r, err, sizeof(err)) < 0);
	if (!strstr(err, why) || !strstr(err, path))
		fail_msg("no '%s' in '%s'", why, err);
}

static void test_other_files(void **state)
{
	struct validate_result r;
	char err[256];

	(void)state;
	expect_unreadable("", "not a result of \"rpmsg-guard validate --json\"");
	expect_unreadable("[]", "not a result of");
	expect_unreadable("{\"version\":2}", "another version");
	expect_unreadable("{\"version\":1,\"verdict\":\"clean\"}", "not a result of");
	/* A state file is named as such by what to do with it. */
	expect_unreadable("{\"record\":\"validation\",\"version\":1}\n",
			  "validate --verdict FILE --json");
	/* More unsafe cycles than cycles. */
	expect_unreadable("{\"version\":1,\"rproc\":\"r\",\"device\":\"d\",\"kernel\":\"k\","
			  "\"machine\":\"m\",\"started\":\"s\",\"devices\":[],\"senders\":1,"
			  "\"cycles_done\":1,\"cycles_unsafe\":2,\"sends\":0,\"lost\":0}",
			  "not a result of");
	assert_true(result_file_read("/nonexistent", &r, err, sizeof(err)) < 0);
	assert_string_equal(err, "/nonexistent: No such file or directory");
}

static int make_file(void **state)
{
	const int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chances),	      cmocka_unit_test(test_changes),
		cmocka_unit_test(test_cycles_needed), cmocka_unit_test(test_not_comparable),
		cmocka_unit_test(test_comparable),    cmocka_unit_test(test_texts),
		cmocka_unit_test(test_json),	      cmocka_unit_test(test_read_back),
		cmocka_unit_test(test_other_files),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
