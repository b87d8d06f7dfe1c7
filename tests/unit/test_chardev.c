// SPDX-License-Identifier: GPL-2.0-only
/* What sysfs says of character devices that every machine has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/sysmacros.h>

#include "system/chardev.h"
#include "system/files.h"
#include "system/module.h"

#define null_device makedev(1, 3)
#define no_device makedev(4095, 12345)

static void test_device(void **state)
{
	char node[80];

	(void)state;
	assert_true(chardev_exists("null", null_device));
	assert_false(chardev_exists("zero", null_device));
	assert_false(chardev_exists("null", no_device));
	assert_true(chardev_node(null_device, node, sizeof(node)));
	assert_string_equal(node, "/dev/null");
	assert_false(chardev_node(null_device, node, sizeof("/dev/null") - 1));
	assert_false(chardev_node(no_device, node, sizeof(node)));
	assert_false(chardev_is_tty(null_device));
	assert_false(chardev_is_tty(no_device));
}

static void test_generation(void **state)
{
	(void)state;
	assert_true(folder_generation("/sys/class/mem") != 0);
	assert_true(folder_generation("/sys/class/mem") == folder_generation("/sys/class/mem"));
	assert_true(folder_generation("/sys/class/mem") != folder_generation("/sys/dev/char"));
	assert_true(folder_generation("/no/such/folder") == 0);
}

static void test_unknown_module(void **state)
{
	(void)state;
	assert_int_equal(module_references(""), -1);
	assert_int_equal(module_references("no_such_module"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_generation),
		cmocka_unit_test(test_unknown_module),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
