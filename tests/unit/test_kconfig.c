// SPDX-License-Identifier: GPL-2.0-only
/* The table of kernel options, and the fragments that "check --kconfig" prints of it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "commands/fragment.h"
#include "system/files.h"

static char *all_of(enum level level)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fragment_print_all(f, level);
	fclose(f);
	return text;
}

/* What is missing in a kernel of that heading and these lines; the number of lines in @n. */
static char *missing_of(const char *heading, const char *lines, enum level level, size_t *n)
{
	char path[] = "/tmp/rpmsg-guard-config-XXXXXX", err[512] = "";
	struct probe p = { 0 };
	struct kconfig k;
	char *text = NULL;
	size_t len;
	FILE *f = fdopen(mkstemp(path), "w");
	FILE *out = open_memstream(&text, &len);

	fprintf(f, "#\n# Automatically generated file; DO NOT EDIT.\n%s%s", heading, lines);
	fclose(f);
	if (kconfig_of_file(&k, path, err, sizeof(err)))
		fail_msg("%s", err);
	p.kconfig = k.text;
	*n = fragment_print_missing(out, &k, &p, level);
	kconfig_free(&k);
	unlink(path);
	fclose(out);
	return text;
}

static void table_is_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < kconfig_n_options; i++) {
		const struct kconfig_option *o = &kconfig_options[i];
		bool opened = !o->opens;

		for (size_t j = i + 1; j < kconfig_n_options; j++) {
			assert_string_not_equal(o->name, kconfig_options[j].name);
			opened |= o->opens && strcmp(o->opens, kconfig_options[j].name) == 0;
			/* LEVEL_MANUAL is last, though its number is the lowest. */
			assert_true(kconfig_options[j].level == LEVEL_MANUAL ||
				    o->level <= kconfig_options[j].level);
		}
		assert_true(opened);
	}
}

/* A kernel that is configured with the fragment of a level lacks nothing for it. */
static void fragment_is_enough(void **state)
{
	static const char *const headings[] = {
		"# Linux/x86 6.1.0-13-amd64 Kernel Configuration\n",
		"# Linux/arm64 5.10.223 Kernel Configuration\n",
		"# Linux/arm 6.2.0 Kernel Configuration\n",
	};

	(void)state;
	for (enum level level = LEVEL_USERSPACE; level <= LEVEL_OVERRIDE; level++)
		for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++) {
			char *fragment = all_of(level), *text;
			size_t n;

			text = missing_of(headings[i], fragment, level, &n);
			assert_int_equal(n, 0);
			assert_null(strstr(text, "\nCONFIG_"));
			assert_non_null(strstr(text, "\n# Nothing is missing.\n"));
			free(text);
			if (level < LEVEL_OVERRIDE) {
				text = missing_of(headings[i], fragment, level + 1, &n);
				assert_true(n > 0);
				free(text);
			}
			free(fragment);
		}
}

/* Each line is a comment, empty, or sets an option: anything else merge_config.sh would not take. */
static void fragment_can_be_merged(void **state)
{
	char *text = all_of(LEVEL_OVERRIDE), *save = NULL;
	size_t n = 0;

	(void)state;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char name[64], value[8];

		if (line[0] == '#')
			continue;
		assert_int_equal(sscanf(line, "CONFIG_%63[A-Z_]=%7s", name, value), 2);
		assert_string_equal(value, "y");
		n++;
	}
	assert_true(n > 10);
	free(text);
}

static void missing_options_are_named_with_their_level(void **state)
{
	size_t n;
	char *text = missing_of("# Linux/arm64 5.15.129 Kernel Configuration\n",
				"CONFIG_SECURITY=y\nCONFIG_FANOTIFY=y\n"
				"CONFIG_FANOTIFY_ACCESS_PERMISSIONS=y\nCONFIG_KALLSYMS=y\n"
				"CONFIG_BPF_SYSCALL=y\nCONFIG_PERF_EVENTS=y\nCONFIG_MODULES=y\n"
				"# CONFIG_KPROBES is not set\n# CONFIG_FTRACE is not set\n",
				LEVEL_OBSERVE, &n);

	(void)state;
	assert_int_equal(n, 4);
	assert_non_null(strstr(text,
			       "\n# for level observe: each send is seen, at its entry and its "
			       "exit\nCONFIG_KPROBES=y\n"));
	assert_non_null(strstr(text, "\nCONFIG_FTRACE=y\n"));
	assert_non_null(strstr(text, "\nCONFIG_KPROBE_EVENTS=y\n"));
	assert_non_null(strstr(text, "\nCONFIG_BPF_EVENTS=y\n"));
	assert_null(strstr(text, "CONFIG_BPF_KPROBE_OVERRIDE"));
	free(text);
}

/* Since that dependency is gone, a kernel can do without it. */
static void option_that_only_opens_another_is_not_missing(void **state)
{
	size_t n;
	char *text = missing_of("# Linux/x86 6.12.0 Kernel Configuration\n",
				"CONFIG_FANOTIFY=y\nCONFIG_FANOTIFY_ACCESS_PERMISSIONS=y\n",
				LEVEL_USERSPACE, &n);

	(void)state;
	assert_int_equal(n, 0);
	free(text);
}

/* A kernel without /proc/config.gz is not said to lack what nobody can tell. */
static void untold_options_are_marked(void **state)
{
	const struct probe p = { 0 };
	const struct kconfig k = { .arch = KCONFIG_ARM64, .release = "5.10.1" };
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	assert_true(fragment_print_missing(f, &k, &p, LEVEL_USERSPACE) > 0);
	fclose(f);
	assert_non_null(strstr(text, "by the kernel's functions, because neither"));
	assert_non_null(strstr(text, "\"state\" is held; it is not known whether this kernel has "
				     "it\nCONFIG_FANOTIFY_ACCESS_PERMISSIONS=y\n"));
	free(text);
}

/* No option helps a kernel that is too old. */
static void old_kernels_are_told_the_version(void **state)
{
	char *fragment = all_of(LEVEL_OVERRIDE), *text;
	size_t n;

	(void)state;
	text = missing_of("# Linux/arm 6.1.176 Kernel Configuration\n", fragment, LEVEL_OVERRIDE,
			  &n);
	assert_int_equal(n, 2);
	assert_null(strstr(text, "\nCONFIG_"));
	assert_non_null(strstr(text,
			       "\n# Level override needs Linux 6.2 or later on 32-bit ARM (for "
			       "CONFIG_BPF_KPROBE_OVERRIDE).\n"));
	free(text);
	text = missing_of("# Linux/x86 5.4.0 Kernel Configuration\n", fragment, LEVEL_OBSERVE, &n);
	assert_int_equal(n, 1);
	assert_non_null(
		strstr(text, "needs Linux 5.8 or later on x86_64 (for CONFIG_BPF_SYSCALL)"));
	free(text);
	free(fragment);
}

/* What the manual says about the options is what the program says. */
static void documented_fragment_has_every_option(void **state)
{
	static char text[1 << 16];
	FILE *f = fopen("docs/kernels.md", "r");
	size_t n;

	(void)state;
	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	for (size_t i = 0; i < kconfig_n_options; i++) {
		char line[80];

		snprintf(line, sizeof(line), "CONFIG_%s=y", kconfig_options[i].name);
		if (!strstr(text, line))
			fail_msg("docs/kernels.md lacks %s", line);
	}
}

static void remedies_name_the_options_of_a_feature(void **state)
{
	(void)state;
	assert_string_equal(kconfig_remedy(FOR_SYMBOLS), "enable CONFIG_KALLSYMS in the kernel");
	assert_string_equal(
		kconfig_remedy(FOR_OVERRIDE),
		"enable CONFIG_FUNCTION_ERROR_INJECTION and CONFIG_BPF_KPROBE_OVERRIDE in "
		"the kernel");
	assert_string_equal(kconfig_remedy(FOR_KPROBES),
			    "enable CONFIG_PERF_EVENTS, CONFIG_KPROBES, CONFIG_FTRACE and "
			    "CONFIG_KPROBE_EVENTS in the kernel");
	for (unsigned int feature = FOR_FANOTIFY; feature <= FOR_BTF; feature <<= 1)
		assert_non_null(strstr(kconfig_remedy((enum kconfig_feature)feature), "CONFIG_"));
}

static void other_files_are_refused(void **state)
{
	char err[512];
	struct kconfig k;

	(void)state;
	assert_true(kconfig_of_file(&k, "/nonexistent", err, sizeof(err)) < 0);
	assert_string_equal(err, "/nonexistent: No such file or directory");
	assert_true(kconfig_of_file(&k, "/dev/null", err, sizeof(err)) < 0);
	assert_non_null(strstr(err, "/dev/null: not a complete kernel configuration"));
}

static void version_that_is_none_is_named(void **state)
{
	char path[] = "/tmp/rpmsg-guard-kconfig-XXXXXX", err[256] = "";
	const int fd = mkstemp(path);
	struct kconfig k;

	(void)state;
	assert_int_equal(file_write_all(fd, "# Linux/arm64 next Kernel Configuration\n", 40), 0);
	close(fd);
	assert_int_equal(kconfig_of_file(&k, path, err, sizeof(err)), -EINVAL);
	unlink(path);
	assert_non_null(strstr(err, ": \"next\" is no version of Linux"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_in_order),
		cmocka_unit_test(fragment_is_enough),
		cmocka_unit_test(fragment_can_be_merged),
		cmocka_unit_test(missing_options_are_named_with_their_level),
		cmocka_unit_test(option_that_only_opens_another_is_not_missing),
		cmocka_unit_test(untold_options_are_marked),
		cmocka_unit_test(old_kernels_are_told_the_version),
		cmocka_unit_test(documented_fragment_has_every_option),
		cmocka_unit_test(remedies_name_the_options_of_a_feature),
		cmocka_unit_test(other_files_are_refused),
		cmocka_unit_test(version_that_is_none_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
