// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "log/printable.h"

static void what_is_obeyed_becomes_text(void **state)
{
	static const struct {
		const char *in, *out;
	} names[] = {
		{ "python3", "python3" },
		{ "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x94\xa7",
		  "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x94\xa7" },
		{ "a\x1b[31m\n\t\x7fz", "a\\x1b[31m\\x0a\\x09\\x7fz" },
		{ "\xff", "\\xff" },
		{ "\xc3", "\\xc3" }, /* cut off */
		{ "\xe2\x82", "\\xe2\\x82" },
		{ "\xc0\xaf", "\\xc0\\xaf" },			/* overlong */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },		/* a surrogate */
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, /* beyond Unicode */
		{ "\xc2\x9b", "\\xc2\\x9b" },			/* CSI, of C1 */
		{ "a\xe2\x80\xae"
		  "b",
		  "a\\xe2\\x80\\xaeb" }, /* from right to left */
		{ "a\xe2\x80\xa8"
		  "b",
		  "a\\xe2\\x80\\xa8b" }, /* a line separator */
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const size_t n = strlen(names[i].in);

		assert_int_equal(printable(out, sizeof(out), names[i].in, n), n);
		assert_string_equal(out, names[i].out);
	}
	assert_int_equal(printable(out, sizeof(out), "a\0b", 3), 3);
	assert_string_equal(out, "a\\x00b");
}

static void what_does_not_fit_is_cut_off_whole(void **state)
{
	char out[6];

	(void)state;
	memset(out, '#', sizeof(out));
	assert_int_equal(printable(out, 5, "abc\xc3\xbc", 5), 3);
	assert_string_equal(out, "abc");
	assert_int_equal(printable(out, sizeof(out), "abc\n", 4), 3);
	assert_string_equal(out, "abc");
	assert_int_equal(printable(out, sizeof(out), "a\n", 2), 2);
	assert_string_equal(out, "a\\x0a");
	assert_int_equal(printable(out, 1, "a", 1), 0);
	assert_string_equal(out, "");
	assert_int_equal(printable(NULL, 0, "a", 1), 0);
}

static void json_stays_json(void **state)
{
	struct json_object *o = json_text("\xff\x1b\"");

	(void)state;
	assert_string_equal(json_object_get_string(o), "\\xff\\x1b\"");
	json_object_put(o);
}

static void half_a_character_is_none(void **state)
{
	char whole[] = "caf\xc3\xa9", half[] = "caf\xc3", three[] = "a\xe2\x82", none[] = "";

	(void)state;
	utf8_trim(whole);
	assert_string_equal(whole, "caf\xc3\xa9");
	utf8_trim(half);
	assert_string_equal(half, "caf");
	utf8_trim(three);
	assert_string_equal(three, "a");
	utf8_trim(none);
	assert_string_equal(none, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_obeyed_becomes_text),
		cmocka_unit_test(what_does_not_fit_is_cut_off_whole),
		cmocka_unit_test(json_stays_json),
		cmocka_unit_test(half_a_character_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
