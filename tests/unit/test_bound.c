// SPDX-License-Identifier: GPL-2.0-only
/* The set of channels whose drivers are bound, as uevents change it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "system/bound.h"

#define CHANNELS 1000

static void tell(struct bound *b, const char *action, unsigned int number)
{
	char message[256];
	int n = snprintf(message, sizeof(message),
			 "%s@/x%cACTION=%s%cDEVPATH=/devices/x/virtio0.a.-1.%u%cSUBSYSTEM=rpmsg%c",
			 action, 0, action, 0, number, 0, 0);

	bound_uevent(b, message, (size_t)n);
}

static bool has(const struct bound *b, unsigned int number)
{
	char name[BOUND_NAME];
	bool found = false;

	snprintf(name, sizeof(name), "virtio0.a.-1.%u", number);
	for (size_t i = 0; i < b->n; i++)
		found |= strcmp(b->names[i], name) == 0;
	return found;
}

static void test_any_number(void **state)
{
	struct bound b;
	size_t before;

	(void)state;
	bound_begin(&b, true);
	before = b.n;
	/* In an order that is not that of the names. */
	for (unsigned int i = 0; i < CHANNELS; i++)
		tell(&b, "bind", i * 7 % CHANNELS);
	tell(&b, "bind", 5);
	assert_int_equal(b.n, before + CHANNELS);
	assert_true(b.told);
	for (size_t i = 1; i < b.n; i++)
		assert_true(strcmp(b.names[i - 1], b.names[i]) < 0);
	for (unsigned int i = 0; i < CHANNELS; i += 2)
		tell(&b, i % 4 ? "unbind" : "remove", i);
	tell(&b, "remove", CHANNELS);
	assert_int_equal(b.n, before + CHANNELS / 2);
	for (unsigned int i = 0; i < CHANNELS; i++)
		assert_int_equal(has(&b, i), i % 2);
	bound_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
