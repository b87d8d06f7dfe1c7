// SPDX-License-Identifier: GPL-2.0-only
/*
 * The metrics of a status. tests/packaging/prometheus looks at the same text with a parser, and for every name
 * that the dashboard and the rules use.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include <cmocka.h>

#include "rproc/tally.h"
#include "service/metrics.h"

#define NOW_MS INT64_C(1767323045678)

static char *render(struct json_object *status, enum metrics_use use)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	if (status)
		metrics_print(out, status, use, NOW_MS);
	else
		metrics_print_down(out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void assert_like_file(struct json_object *status, enum metrics_use use, const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = render(status, use);
	char want[16384];
	size_t n;

	assert_non_null(file);
	n = fread(want, 1, sizeof(want) - 1, file);
	want[n] = '\0';
	fclose(file);
	assert_string_equal(text, want);
	free(text);
}

static void a_status_in_metrics(void **state)
{
	struct json_object *status = json_object_from_file("tests/unit/data/status-metrics.json");

	(void)state;
	assert_non_null(status);
	assert_like_file(status, METRICS_NOW, "tests/unit/data/status-metrics.prom");
	assert_like_file(status, METRICS_KEPT, "tests/unit/data/status-metrics-kept.prom");
	json_object_put(status);
}

static void no_service_is_down(void **state)
{
	char *text = render(NULL, METRICS_NOW);

	(void)state;
	assert_non_null(strstr(text, "\nrpmsg_guard_up 0\n"));
	assert_null(strstr(text, "level"));
	free(text);
}

/* Of an older service, and of none that there ever was: what is missing is left out. */
static void a_status_of_another_shape(void **state)
{
	static const char *const shapes[] = {
		"{}",
		"{\"remoteprocs\": 3, \"lost\": []}",
		"{\"remoteprocs\": [null, 3, {}, {\"results\": {}, \"held_times\": 3, \"hold\": 1}]}",
		"{\"remoteprocs\": [{\"results\": [null, 1], \"held_times\": {\"buckets\": [0]}}]}",
	};
	struct json_object *o = json_object_from_file("tests/unit/data/status-holding.json");
	char *text = render(o, METRICS_NOW);

	(void)state;
	assert_non_null(
		strstr(text, "\nrpmsg_guard_sends_refused_total{remoteproc=\"remoteproc0\"} 3\n"));
	assert_null(strstr(text, "held_seconds_count{"));
	free(text);
	json_object_put(o);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		o = json_tokener_parse(shapes[i]);
		assert_non_null(o);
		text = render(o, METRICS_NOW);
		assert_non_null(strstr(text, "\nrpmsg_guard_up 1\n"));
		free(text);
		json_object_put(o);
	}
}

static void a_tally_counts_each_hold_once(void **state)
{
	static const uint64_t times[] = { 0, 10, 11, 20000, 20001, 60000, 60001, 3600000 };
	const size_t n = sizeof(times) / sizeof(times[0]);
	struct tally t = { 0 };
	uint64_t sum = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		tally_add(&t, i % 2 ? RESULT_STOPPED : RESULT_NOT_CARRIED_OUT, times[i]);
		sum += times[i];
	}
	assert_int_equal(tally_count(&t), n);
	assert_int_equal(t.held_ms, sum);
	assert_int_equal(t.within[0], 2);
	assert_int_equal(t.within[TALLY_BOUNDS - 1], n - 2);
	for (size_t i = 1; i < TALLY_BOUNDS; i++) {
		assert_true(tally_bounds_ms[i] > tally_bounds_ms[i - 1]);
		assert_true(t.within[i] >= t.within[i - 1]);
	}
}

static void each_result_has_a_key_of_its_own(void **state)
{
	(void)state;
	for (int i = RESULT_NONE + 1; i < N_RESULTS; i++) {
		const char *key = result_key((enum rproc_result)i);

		assert_non_null(key);
		assert_int_equal(strspn(key, "abcdefghijklmnopqrstuvwxyz_"), strlen(key));
		for (int k = RESULT_NONE + 1; k < i; k++)
			assert_string_not_equal(key, result_key((enum rproc_result)k));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_status_in_metrics),
		cmocka_unit_test(no_service_is_down),
		cmocka_unit_test(a_status_of_another_shape),
		cmocka_unit_test(a_tally_counts_each_hold_once),
		cmocka_unit_test(each_result_has_a_key_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
