// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "system/creds.h"

#define NO_CAPS "0000000000000000"
#define DAC_OVERRIDE "0000000000000002"
#define DAC_READ_SEARCH "0000000000000004"

static const char *status(unsigned int uid, unsigned int gid, const char *groups, const char *caps)
{
	static char text[512];

	snprintf(text, sizeof(text),
		 "Name:\tx\nUid:\t1\t1\t1\t%u\nGid:\t1\t1\t1\t%u\nGroups:\t%s \nNStgid:\t5\n"
		 "CapEff:\t%s\n",
		 uid, gid, groups, caps);
	return text;
}

static bool could(const char *text, mode_t mode, int right)
{
	const struct rights file = { mode, 0, 20 };

	return status_could_open(text, 0, &file, 1, right);
}

static void owner_group_and_others_have_their_bits(void **state)
{
	(void)state;
	assert_true(could(status(0, 0, "", NO_CAPS), 0644, RIGHT_WRITE));
	assert_false(could(status(1000, 1000, "", NO_CAPS), 0644, RIGHT_WRITE));
	assert_true(could(status(1000, 1000, "", NO_CAPS), 0644, RIGHT_READ));
	assert_true(could(status(1000, 1000, "", NO_CAPS), 0646, RIGHT_WRITE));
	assert_true(could(status(1000, 20, "", NO_CAPS), 0660, RIGHT_WRITE));
	assert_true(could(status(1000, 1000, "4 20 27", NO_CAPS), 0660, RIGHT_WRITE));
	assert_false(could(status(1000, 1000, "4 200 27", NO_CAPS), 0660, RIGHT_WRITE));
	/* The class decides, not the most that any class has. */
	assert_false(could(status(1000, 20, "", NO_CAPS), 0606, RIGHT_WRITE));
	assert_false(could(status(0, 20, "", NO_CAPS), 0066, RIGHT_WRITE));
}

static void capabilities_stand_above_the_mode(void **state)
{
	const struct rights file = { 0600, 0, 0 };

	(void)state;
	assert_true(could(status(1000, 1000, "", DAC_OVERRIDE), 0, RIGHT_WRITE));
	assert_true(could(status(1000, 1000, "", DAC_READ_SEARCH), 0, RIGHT_READ));
	assert_false(could(status(1000, 1000, "", DAC_READ_SEARCH), 0, RIGHT_WRITE));
	/* One that has gone shows no namespace: its powers may reach. */
	assert_true(status_could_open(status(1000, 1000, "", DAC_OVERRIDE), 0x7fffffff, &file, 1,
				      RIGHT_WRITE));
}

static void any_of_several_files_will_do(void **state)
{
	const struct rights files[] = { { 0600, 0, 0 }, { 0660, 0, 20 } };
	const char *text = status(1000, 1000, "20", NO_CAPS);

	(void)state;
	assert_true(status_could_open(text, 0, files, 2, RIGHT_READ | RIGHT_WRITE));
	assert_false(status_could_open(text, 0, files, 1, RIGHT_READ | RIGHT_WRITE));
	assert_false(status_could_open(text, 0, files, 0, RIGHT_READ | RIGHT_WRITE));
}

/* Nobody is let through, or left out of account, for what cannot be read. */
static void what_is_not_known_could(void **state)
{
	const struct rights file = { 0660, 0, 20 };

	(void)state;
	assert_true(could("", 0600, RIGHT_WRITE));
	assert_true(could("Uid:\t1\t1\t1\t5\n", 0600, RIGHT_WRITE));
	assert_true(could("Uid:\t1\t1\t1\t5\nGid:\t1\t1\t1\t5\nGroups:\t1 2", 0660, RIGHT_WRITE));
	assert_true(thread_could_open(0x7fffffff, &file, 1, RIGHT_WRITE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(owner_group_and_others_have_their_bits),
		cmocka_unit_test(capabilities_stand_above_the_mode),
		cmocka_unit_test(any_of_several_files_will_do),
		cmocka_unit_test(what_is_not_known_could),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
