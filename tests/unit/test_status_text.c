// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "commands/client.h"
#include "commands/status_text.h"

/* The text of @file, which the caller frees. */
static char *slurp(const char *file)
{
	FILE *f = fopen(file, "r");
	char *text = calloc(1, 8192);

	assert_non_null(f);
	assert_non_null(text);
	assert_true(fread(text, 1, 8191, f) > 0);
	fclose(f);
	return text;
}

static char *render(struct json_object *status)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	status_print(f, status);
	fclose(f);
	return text;
}

/* tests/unit/data/NAME.json must come out as NAME.txt. */
static void assert_rendered(const char *name)
{
	struct json_object *status;
	char path[128], *expected, *text;

	snprintf(path, sizeof(path), "tests/unit/data/%s.json", name);
	status = json_object_from_file(path);
	assert_non_null(status);
	snprintf(path, sizeof(path), "tests/unit/data/%s.txt", name);
	expected = slurp(path);
	text = render(status);
	assert_string_equal(text, expected);
	free(text);
	free(expected);
	json_object_put(status);
}

static void a_stop_that_is_held(void **state)
{
	(void)state;
	assert_rendered("status-holding");
}

static void a_dead_service(void **state)
{
	(void)state;
	assert_rendered("status-dead");
}

/* A file that another version wrote, or that was cut off, must not end the command. */
static void objects_of_wrong_shapes(void **state)
{
	static const char *const shapes[] = {
		"{}",
		"{\"remoteprocs\": 3, \"service\": null}",
		"{\"remoteprocs\": [{}, null, 7, {\"hold\": 1, \"senders\": {}, \"last\": []}]}",
		"{\"remoteprocs\": [{\"hold\": {}, \"senders\": [null, 3], \"last\": {}}]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct json_object *o = json_tokener_parse(shapes[i]);

		assert_non_null(o);
		free(render(o));
		assert_null(status_remoteproc(o, "remoteproc0"));
		json_object_put(o);
	}
}

static void a_remote_processor_is_found_by_its_name(void **state)
{
	struct json_object *status = json_object_from_file("tests/unit/data/status-holding.json");

	(void)state;
	assert_non_null(json_object_object_get(status_remoteproc(status, "remoteproc0"), "hold"));
	assert_null(status_remoteproc(status, "remoteproc"));
	assert_null(status_remoteproc(NULL, "remoteproc0"));
	json_object_put(status);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stop_that_is_held),
		cmocka_unit_test(a_dead_service),
		cmocka_unit_test(objects_of_wrong_shapes),
		cmocka_unit_test(a_remote_processor_is_found_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
