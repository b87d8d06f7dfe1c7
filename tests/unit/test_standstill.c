// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

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
	/* Longer than that: what this loop itself takes of the CPU does not count. */
	while (clock_ms() <= due + 1500)
		pause_ms(10);
	assert_true(standstill_ms() - before > 1000);
	standstill_tick(UINT64_MAX);
	assert_true(standstill_ms() - before > 1000);
}

static void a_thread_that_is_busy_does_not_stand_still(void **state)
{
	const uint64_t before = standstill_ms(), due = clock_ms();
	uint64_t lost;

	(void)state;
	standstill_tick(due);
	/* By CPU time, because other programs may take the CPU; what they take counts. */
	for (clock_t begun = clock(); clock() - begun < 3 * CLOCKS_PER_SEC / 2;)
		;
	lost = standstill_ms() - before;
	assert_true(lost <= clock_ms() - due - 1400);
	standstill_tick(UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_overdue_is_no_standstill),
		cmocka_unit_test(a_tick_that_comes_late_is_one),
		cmocka_unit_test(a_thread_that_is_busy_does_not_stand_still),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
