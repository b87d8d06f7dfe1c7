// SPDX-License-Identifier: GPL-2.0-only
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "system/barrier.h"

static void lists_are_parsed(void **state)
{
	cpu_set_t set;

	(void)state;
	assert_true(cpus_parse("0", &set));
	assert_int_equal(CPU_COUNT(&set), 1);
	assert_true(CPU_ISSET(0, &set));
	assert_true(cpus_parse("0-3,5,8-9", &set));
	assert_int_equal(CPU_COUNT(&set), 7);
	assert_true(CPU_ISSET(3, &set) && !CPU_ISSET(4, &set) && CPU_ISSET(9, &set));
	assert_true(cpus_parse("1023", &set));
	assert_int_equal(CPU_COUNT(&set), 1);
}

/* A CPU that is overlooked is a sender that is overlooked. */
static void what_is_no_list_is_refused(void **state)
{
	static const char *const texts[] = { "",     ",",      "0,",
					     "0-",   "-1",     "3-1",
					     "0x1",  "0 1",    "0\n",
					     "1024", "0-1024", "a",
					     "0,,1", "0-1-2",  "99999999999999999999" };
	cpu_set_t set;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(cpus_parse(texts[i], &set));
}

static void some_cpu_is_online(void **state)
{
	cpu_set_t set;

	(void)state;
	assert_int_equal(cpus_online(&set), 0);
	assert_in_range(CPU_COUNT(&set), 1, CPU_SETSIZE);
}

static void a_barrier_leaves_the_caller_alone(void **state)
{
	const int policy = sched_getscheduler(0);
	cpu_set_t before, after;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	assert_int_equal(barrier(), 0);
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_true(CPU_EQUAL(&before, &after));
	assert_int_equal(sched_getscheduler(0), policy);
}

static void *pass(void *arg)
{
	*(int *)arg = barrier();
	return NULL;
}

static void barriers_do_not_meet(void **state)
{
	int errs[] = { 1, 1, 1, 1 };
	const size_t n = sizeof(errs) / sizeof(errs[0]);
	pthread_t threads[sizeof(errs) / sizeof(errs[0])];

	(void)state;
	for (size_t i = 0; i < n; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, pass, &errs[i]), 0);
	for (size_t i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(errs[i], 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_parsed),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test(some_cpu_is_online),
		cmocka_unit_test(a_barrier_leaves_the_caller_alone),
		cmocka_unit_test(barriers_do_not_meet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
