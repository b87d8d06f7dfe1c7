// SPDX-License-Identifier: GPL-2.0-only
/* Every log in tests/data/oops must get the verdict that stands beside it. */
#include "oops.h"

#include <dirent.h>

/* ---- the data folder ---- */

struct expected {
	char verdict[256];
	char kernel[128]; /* empty when it does not matter */
};

static struct expected read_expected(const char *log)
{
	struct expected e = { "", "" };
	char path[512], line[256];
	FILE *f;

	snprintf(path, sizeof(path), DATA "/%.*s.expected", (int)(strlen(log) - 4), log);
	f = fopen(path, "r");
	if (!f || !fgets(e.verdict, sizeof(e.verdict), f))
		fail_msg("%s: there is no verdict to expect", path);
	e.verdict[strcspn(e.verdict, "\n")] = '\0';
	if (fgets(line, sizeof(line), f) && sscanf(line, "kernel %127s", e.kernel) != 1)
		fail_msg("%s: the second line is none", path);
	fclose(f);
	return e;
}

static bool check_log(const char *name)
{
	char path[512];
	const struct expected e = read_expected(name);

	snprintf(path, sizeof(path), DATA "/%s", name);
	decode_file(path);
	assert_clean_output();
	if (strcmp(in_short(), e.verdict) == 0 &&
	    (!e.kernel[0] || strcmp(verdict.kernel, e.kernel) == 0))
		return true;
	print_error("%s: got '%s', kernel '%s', not '%s', '%s'\n", name, in_short(), verdict.kernel,
		    e.verdict, e.kernel);
	return false;
}

static void every_log_gets_its_verdict(void **state)
{
	DIR *dir = opendir(DATA);
	struct dirent *e;
	size_t logs = 0, wrong = 0;

	(void)state;
	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL) {
		const size_t len = strlen(e->d_name);

		if (len <= 4 || strcmp(e->d_name + len - 4, ".log") != 0)
			continue;
		logs++;
		wrong += !check_log(e->d_name);
	}
	closedir(dir);
	/* An empty folder proves nothing. */
	assert_true(logs > 50);
	assert_int_equal(wrong, 0);
}

/* ---- what the verdict is made of ---- */

static bool has_evidence(const char *quote, unsigned long line)
{
	for (size_t i = 0; i < verdict.n_evidence; i++)
		if (strstr(verdict.evidence[i].quote, quote) && verdict.evidence[i].line == line)
			return true;
	return false;
}

static void the_field_report_in_full(void **state)
{
	(void)state;
	decode_file(DATA "/verdin-imx8mm-5.15.129.log");
	assert_string_equal(verdict.summary,
			    "This is the rpmsg shutdown race (high confidence): a blocked sender "
			    "(full ring) woke up after the teardown.");
	assert_string_equal(verdict.sender, "rpmsgtty_write");
	assert_string_equal(verdict.kernel, "5.15.129-6.4.0+git.67c3153d20ff");
	assert_string_equal(verdict.hardware, "Toradex Verdin iMX8M Mini WB on Yavia Board (DT)");
	assert_string_equal(verdict.cpu, "1");
	assert_true(verdict.has_address);
	assert_true(verdict.address == 0xffff800015b3a002);
	assert_false(verdict.has_since_stop);
	assert_true(has_evidence("pc : virtqueue_get_buf_ctx_split", 18));
	assert_true(has_evidence("pte=0000000000000000", 12));
	assert_true(has_evidence("virtual address ffff800015b3a002", 1));
}

static void the_way_down_is_named(void **state)
{
	(void)state;
	decode_file(DATA "/arm64-5.10-crash-recovery.log");
	assert_int_equal(verdict.path, OOPS_PATH_RECOVERY);
	decode_file(DATA "/x86_64-6.1-kasan-live-stop.log");
	assert_int_equal(verdict.path, OOPS_PATH_SYSFS);
	decode_file(DATA "/x86_64-6.1-kasan-channel-withdrawn.log");
	assert_int_equal(verdict.path, OOPS_PATH_CHANNEL);
	decode_file(DATA "/hand-kfence-stale-endpoint.log");
	assert_int_equal(verdict.path, OOPS_PATH_CDEV);
}

static void another_oops_is_called_by_its_name(void **state)
{
	static const struct {
		const char *log;
		const char *words;
	} logs[] = {
		{ "other-arm64-5.10-sysrq-c", "sysrq" },
		{ "other-arm64-5.10-oom", "the machine had no free memory" },
		{ "other-x86_64-6.1-bad-stop", "NULL pointer dereference in sim_stop" },
		{ "other-x86_64-6.1-bad-stop", "the stop itself" },
		{ "other-x86_64-6.1-other-tty", "does not use rpmsg" },
		{ "hand-other-receive", "receive path" },
		{ "hand-other-rproc-start-alignment", "the start of the remote processor" },
		{ "hand-other-glink", "not run over virtio" },
		{ "hand-other-driver-without-stop", "the log does not show enough of a stop" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		char path[256];

		snprintf(path, sizeof(path), DATA "/%s.log", logs[i].log);
		decode_file(path);
		assert_int_equal(verdict.answer, OOPS_ANSWER_OTHER);
		if (!strstr(verdict.summary, logs[i].words))
			fail_msg("%s: no '%s' in '%s'", logs[i].log, logs[i].words,
				 verdict.summary);
	}
}

static void several_oopses(void **state)
{
	(void)state;
	decode_file(DATA "/form-unrelated-oops-before.log");
	assert_int_equal(verdict.answer, OOPS_ANSWER_RACE);
	assert_true(verdict.n_others >= 1);
	assert_false(verdict.others[0].race);
	assert_true(verdict.others[0].line < verdict.line);
	/* A stop that died half way is no race, even if a sender falls over what it left. */
	decode_file(DATA "/form-consequence-of-stop.log");
	assert_int_equal(verdict.answer, OOPS_ANSWER_OTHER);
	assert_true(verdict.n_others >= 1);
	assert_true(verdict.others[0].race);
}

/* With caller ids the CPU that hangs prints under another id than the one that found it. */
static void a_stall_is_put_together(void **state)
{
	(void)state;
	decode_file(DATA "/form-caller-ids-stall.log");
	assert_non_null(
		strstr(verdict.what, "a CPU that makes no progress in queued_spin_lock_slowpath"));
	assert_true(verdict.since_stop > 20);
}

/* x86 prints the registers again when it is through; that is no second oops. */
static void what_follows_an_oops_is_none(void **state)
{
	(void)state;
	decode_file(DATA "/form-caller-ids-aftermath.log");
	assert_int_equal(verdict.n_others, 0);
	decode_file(DATA "/x86_64-6.1-live-stop.log");
	assert_int_equal(verdict.n_others, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_log_gets_its_verdict),
		cmocka_unit_test(the_field_report_in_full),
		cmocka_unit_test(the_way_down_is_named),
		cmocka_unit_test(another_oops_is_called_by_its_name),
		cmocka_unit_test(several_oopses),
		cmocka_unit_test(a_stall_is_put_together),
		cmocka_unit_test(what_follows_an_oops_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
