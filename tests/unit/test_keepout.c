// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes that are put aside and back, in a /dev and a /run of the test's own: for root only, others skip it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "hold/keepout.h"
#include "system/run_dir.h"

/* What the kernel calls that device, and another one that is only said to have the same name. */
static const struct rpmsg_tty first = { .name = "null", .node = "/dev/null", .dev = 1 << 8 | 3 };
static const struct rpmsg_tty second = { .name = "null",
					 .node = "/dev/twin/null",
					 .dev = 1 << 8 | 5 };

static dev_t device_at(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISCHR(st.st_mode) ? st.st_rdev : 0;
}

/* Nothing is moved in the machine's own /dev. */
static bool has_own_dev;

static int make_dev(void **state)
{
	(void)state;
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("test", "/dev", "tmpfs", 0, NULL) < 0 ||
	    mount("test", "/run", "tmpfs", 0, NULL) < 0)
		return 0;
	if (mknod(first.node, S_IFCHR | 0666, first.dev) < 0 || mkdir("/dev/twin", 0755) < 0 ||
	    mknod(second.node, S_IFCHR | 0600, second.dev) < 0)
		return -1;
	has_own_dev = true;
	return mkdir(RUN_DIR, 0755);
}

static bool no_record(const char *name)
{
	(void)name;
	return true;
}

static void two_of_one_name_do_not_meet(void **state)
{
	struct keepout a, b;

	(void)state;
	if (!has_own_dev)
		skip();
	assert_int_equal(keepout_begin(&a, &first), 0);
	assert_int_equal(keepout_begin(&b, &second), 0);
	assert_int_equal(device_at(first.node), 0);
	assert_int_equal(device_at(second.node), 0);
	assert_int_equal(records_count("kept-out", no_record), 2);
	keepout_end(&b);
	/* The other one is as it was. */
	assert_int_equal(records_count("kept-out", no_record), 1);
	keepout_end(&a);
	assert_true(device_at(first.node) == first.dev);
	assert_int_equal(records_count("kept-out", no_record), 0);
}

/* As it is after a SIGKILL: by the record alone. */
static void a_dead_instance_is_made_good(void **state)
{
	struct keepout a;

	(void)state;
	if (!has_own_dev)
		skip();
	assert_int_equal(keepout_begin(&a, &first), 0);
	assert_int_equal(device_at(first.node), 0);
	assert_int_equal(keepout_recover(), 1);
	assert_true(device_at(first.node) == first.dev);
	assert_int_equal(records_count("kept-out", no_record), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_of_one_name_do_not_meet),
		cmocka_unit_test(a_dead_instance_is_made_good),
	};

	return cmocka_run_group_tests(tests, make_dev, NULL);
}
