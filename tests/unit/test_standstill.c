// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "system/files.h"
#include "system/standstill.h"

/* What counts as one is added to the deadlines of holds. */
static void what_is_overdue_is_no_standstill(void **state)
{
	const uint64_t before = standstill_ms();

	(void)state;
	/* An event behind a long rest: a look is due at once, by a time that has long gone by. */
	standstill_tick(0);
	assert_int_equal(standstill_ms(), before);
	standstill_tick(UINT64_MAX);
	assert_int_equal(standstill_ms(), before);
}

static void a_tick_that_comes_late_is_one(void **state)
{
	const uint64_t before = standstill_ms(), due = clock_ms();

	(void)state;
	standstill_tick(due);
	while (clock_ms() <= due + 1000)
		pause_ms(10);
	assert_true(standstill_ms() - before > 1000);
	standstill_tick(UINT64_MAX);
	assert_true(standstill_ms() - before > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_overdue_is_no_standstill),
		cmocka_unit_test(a_tick_that_comes_late_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
