// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "system/features.h"
#include "system/kconfig.h"
#include "system/probe.h"
#include "system/realtime.h"

static struct feature feature(bool ok, enum level needed_for)
{
	return (struct feature){ .name = "x", .ok = ok, .needed_for = needed_for };
}

static void lowest_missing_feature_decides(void **state)
{
	struct feature f[] = {
		feature(true, LEVEL_USERSPACE),
		feature(true, LEVEL_OBSERVE),
		feature(true, LEVEL_OVERRIDE),
		feature(false, LEVEL_MANUAL),
	};

	(void)state;
	assert_int_equal(features_level(f, 4), LEVEL_OVERRIDE);
	f[2].ok = false;
	assert_int_equal(features_level(f, 4), LEVEL_OBSERVE);
	f[0].ok = false;
	assert_int_equal(features_level(f, 4), LEVEL_MANUAL);
	f[0].ok = true;
	f[1].ok = false;
	assert_int_equal(features_level(f, 4), LEVEL_USERSPACE);
	assert_int_equal(features_level(f, 0), LEVEL_OVERRIDE);
}

static void probing_says_why(void **state)
{
	struct feature f[FEATURES_MAX];
	const size_t n = features_probe(f, FEATURES_MAX);

	(void)state;
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(f[i].name);
		assert_non_null(f[i].remedy);
		assert_true(f[i].ok || f[i].reason[0]);
	}
	assert_int_equal(features_probe(f, 2), 2);
}

static void kernel_options_are_whole_words(void **state)
{
	const char *text = "CONFIG_BPF=y\n# CONFIG_BPF_EVENTS is not set\nCONFIG_RPMSG=m\n"
			   "CONFIG_XCONFIG_KPROBES=y\nCONFIG_CMDLINE=\"CONFIG_FTRACE=y\"\n";

	(void)state;
	assert_int_equal(kconfig_get(text, "CONFIG_BPF"), KCONFIG_YES);
	assert_int_equal(kconfig_get(text, "CONFIG_BPF_EVENTS"), KCONFIG_NO);
	assert_int_equal(kconfig_get(text, "CONFIG_RPMSG"), KCONFIG_MODULE);
	assert_int_equal(kconfig_get(text, "CONFIG_KPROBES"), KCONFIG_NO);
	assert_int_equal(kconfig_get(text, "CONFIG_FTRACE"), KCONFIG_NO);
	assert_int_equal(kconfig_get(text, "CONFIG_RP"), KCONFIG_NO);
}

/* The BTF of a kernel whose ring buffer has a lock of that type. */
static struct btf *btf_with_lock(const char *type)
{
	struct btf *btf = btf__new_empty();
	const int lock = btf__add_struct(btf, "some_lock", 4);

	assert_true(lock > 0);
	assert_true(btf__add_typedef(btf, type, lock) == lock + 1);
	assert_true(btf__add_struct(btf, "bpf_ringbuf", 8) > 0);
	assert_int_equal(btf__add_field(btf, "mask", lock, 0, 0), 0);
	assert_int_equal(btf__add_field(btf, "spinlock", lock + 1, 32, 0), 0);
	return btf;
}

static void expect_raw(const char *lock, const char *release, bool raw)
{
	struct btf *btf = lock ? btf_with_lock(lock) : NULL;

	assert_int_equal(realtime_ring_is_raw(btf, release), raw);
	btf__free(btf);
}

/* The type counts; the release only where there is no type. */
static void ring_buffer_of_real_time_kernels(void **state)
{
	struct btf *empty = btf__new_empty();

	(void)state;
	expect_raw("spinlock_t", "5.15.100-rt62", false);
	expect_raw("spinlock_t", "6.12.0-rc1", false);
	expect_raw("raw_spinlock_t", "6.1.140-rt50", true);
	expect_raw("rqspinlock_t", "6.15.0", true);
	expect_raw(NULL, "6.6.100-rt50", false);
	expect_raw(NULL, "5.20.0", false);
	expect_raw(NULL, "6.12.5", true);
	expect_raw(NULL, "7.0.1", true);
	expect_raw(NULL, "", false);
	assert_false(realtime_ring_is_raw(empty, "6.1.0"));
	btf__free(empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ring_buffer_of_real_time_kernels),
		cmocka_unit_test(lowest_missing_feature_decides),
		cmocka_unit_test(probing_says_why),
		cmocka_unit_test(kernel_options_are_whole_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
