// SPDX-License-Identifier: GPL-2.0-only
/* The statistics of "validate", its state file, what it concludes, and how it refuses. */
#include <argp.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "commands/commands.h"
#include "validate/report.h"
#include "validate/run.h"
#include "validate/workload.h"
#include "validate/state_file.h"
#include "validate/target.h"
#include "validate/teardown.h"

static void expect_bounds(unsigned int seen, unsigned int cycles, double lower, double upper)
{
	const struct rate_bounds b = rate_bounds_95(seen, cycles);

	assert_float_equal(b.lower, lower, 0.00005);
	assert_float_equal(b.upper, upper, 0.00005);
}

/* From tables of the Clopper-Pearson interval. */
static void test_bounds(void **state)
{
	(void)state;
	expect_bounds(0, 0, 0, 1);
	expect_bounds(0, 1, 0, 0.95);
	expect_bounds(1, 1, 0.05, 1);
	expect_bounds(0, 10, 0, 0.2589);
	expect_bounds(10, 10, 0.7411, 1);
	expect_bounds(1, 10, 0.0025, 0.4450);
	expect_bounds(5, 100, 0.0164, 0.1128);
	expect_bounds(50, 100, 0.3983, 0.6017);
}

static void test_rule_of_three(void **state)
{
	(void)state;
	for (unsigned int n = 100; n <= 100000; n *= 10) {
		const double upper = rate_bounds_95(0, n).upper;

		assert_true(upper < 3.0 / n);
		assert_true(upper > 2.9 / n);
	}
}

static void test_bounds_hold_the_rate(void **state)
{
	(void)state;
	for (unsigned int n = 1; n < 200; n += 13)
		for (unsigned int k = 0; k <= n; k++) {
			const struct rate_bounds b = rate_bounds_95(k, n);

			assert_true(b.lower <= (double)k / n && (double)k / n <= b.upper);
			assert_true(b.lower >= 0 && b.upper <= 1);
		}
}

/* A cycle of which the kernel side tells only a part is none that says anything. */
static void test_teardown_is_seen(void **state)
{
	struct rg_event deleted = { .type = RG_VQ_DELETED, .rproc = 1, .value = 2 };
	struct rg_event freed = { .type = RG_RESOURCES_FREED, .rproc = 1 };
	struct teardown t = { .rproc = 1 };
	char reason[256] = "";

	(void)state;
	assert_false(teardown_seen(&t, reason, sizeof(reason)));
	assert_non_null(strstr(reason, "has not seen the stop"));
	assert_true(strlen(reason) < sizeof(reason) - 1);
	teardown_note(&freed, &t);
	assert_false(teardown_seen(&t, reason, sizeof(reason)));
	assert_non_null(strstr(reason, "has not seen that virtqueues were deleted"));
	/* What belongs to another one, or to nobody. */
	deleted.rproc = RG_RPROC_UNKNOWN;
	teardown_note(&deleted, &t);
	assert_false(teardown_seen(&t, reason, sizeof(reason)));
	deleted.rproc = 1;
	teardown_note(&deleted, &t);
	assert_true(teardown_seen(&t, reason, sizeof(reason)));
	assert_int_equal(t.inside, 2);
	t.resources_freed = false;
	assert_false(teardown_seen(&t, reason, sizeof(reason)));
	assert_non_null(strstr(reason, "that the resources were freed"));
}

#define BOOT "boot-1"

static struct validate_run some_run(unsigned int planned)
{
	struct validate_run run = {
		.rproc = "remoteproc0",
		.device_name = "imx-rproc",
		.kernel = "6.1.0",
		.machine = "aarch64",
		.boot_id = BOOT,
		.started = "2026-01-02T03:04:05Z",
		.devices = { "/dev/ttyRPMSG0", "/dev/rpmsg_ctrl0:77" },
		.n_devices = 2,
		.senders = 3,
		.planned = planned,
	};

	return run;
}

static void add_cycle(struct validate_run *run, uint64_t overlaps, uint64_t stale)
{
	struct cycle *cycle = validate_run_add(run);

	assert_non_null(cycle);
	cycle->finished = true;
	cycle->sends = 7;
	cycle->overlaps = overlaps;
	cycle->stale = stale;
	cycle->stop_ms = 20;
}

static void test_tally_clean(void **state)
{
	struct validate_run run = some_run(100);
	struct tally t;

	(void)state;
	for (int i = 0; i < 100; i++)
		add_cycle(&run, 0, 0);
	run.ended = true;
	t = validate_tally(&run, BOOT);
	assert_int_equal(t.verdict, VERDICT_CLEAN);
	assert_int_equal(t.cycles, 100);
	assert_int_equal(t.sends, 700);
	assert_float_equal(t.rate.upper, 0.02951, 0.00005);
	/* What found no room may have been what was looked for. */
	run.cycles[50].lost = 1;
	assert_int_equal(validate_tally(&run, BOOT).verdict, VERDICT_FAILED);
	run.cycles[50].lost = 0;
	snprintf(run.reason, sizeof(run.reason), "it did not start");
	assert_int_equal(validate_tally(&run, BOOT).verdict, VERDICT_FAILED);
	validate_run_free(&run);
}

static void test_tally_vulnerable(void **state)
{
	struct validate_run run = some_run(4);
	struct tally t;

	(void)state;
	add_cycle(&run, 0, 0);
	add_cycle(&run, 2, 0);
	add_cycle(&run, 0, 5);
	add_cycle(&run, 0, 0);
	run.cycles[3].oops = true;
	run.ended = true;
	t = validate_tally(&run, BOOT);
	assert_int_equal(t.verdict, VERDICT_VULNERABLE);
	assert_int_equal(t.unsafe, 3);
	assert_int_equal(t.overlaps, 2);
	assert_int_equal(t.stale, 5);
	assert_int_equal(t.oopses, 1);
	assert_int_equal(t.died_in, 0);
	validate_run_free(&run);
}

static void test_tally_nothing_done(void **state)
{
	struct validate_run run = some_run(4);

	(void)state;
	run.ended = true;
	assert_int_equal(validate_tally(&run, BOOT).verdict, VERDICT_FAILED);
}

static void test_tally_died(void **state)
{
	struct validate_run run = some_run(20);
	struct tally t;

	(void)state;
	for (int i = 0; i < 6; i++)
		add_cycle(&run, 0, 0);
	/* After the sixth, which is its doing. */
	t = validate_tally(&run, "boot-2");
	assert_int_equal(t.died_in, 6);
	assert_int_equal(t.cycles, 6);
	assert_int_equal(t.unsafe, 1);
	validate_run_add(&run);
	t = validate_tally(&run, "boot-2");
	assert_int_equal(t.died_in, 7);
	assert_int_equal(t.cycles, 7);
	assert_int_equal(t.unsafe, 1);
	assert_int_equal(t.verdict, VERDICT_VULNERABLE);
	/* In the same boot the kernel is alive. */
	t = validate_tally(&run, BOOT);
	assert_int_equal(t.died_in, 0);
	assert_int_equal(t.cut_in, 7);
	assert_int_equal(t.cycles, 6);
	assert_int_equal(t.verdict, VERDICT_FAILED);
	validate_run_free(&run);
}

static char dir[] = "/tmp/rpmsg-guard-test-XXXXXX";
static char file[64];

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/state", dir);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(dir);
}

static int remove_file(void **state)
{
	(void)state;
	unlink(file);
	return 0;
}

static int create(const struct validate_run *run)
{
	char made[128];
	int fd = state_file_create(file, run, made, sizeof(made));

	assert_true(fd >= 0);
	assert_string_equal(made, file);
	/* Never over another one. */
	assert_int_equal(state_file_create(file, run, made, sizeof(made)), -17);
	return fd;
}

static void test_state_file(void **state)
{
	struct validate_run run = some_run(3), back;
	const struct cycle cycle = {
		.sends = 11, .overlaps = 2, .stale = 3, .oops = true, .lost = 4, .stop_ms = 55
	};
	char err[256];
	int fd = create(&run);

	(void)state;
	assert_int_equal(state_file_begin(fd, 1), 0);
	assert_int_equal(state_file_result(fd, 1, &cycle), 0);
	assert_int_equal(state_file_begin(fd, 2), 0);
	assert_int_equal(state_file_read(file, &back, err, sizeof(err)), 0);
	assert_string_equal(back.rproc, run.rproc);
	assert_string_equal(back.device_name, run.device_name);
	assert_string_equal(back.boot_id, BOOT);
	assert_string_equal(back.devices[1], run.devices[1]);
	assert_int_equal(back.n_devices, 2);
	assert_int_equal(back.senders, 3);
	assert_int_equal(back.planned, 3);
	assert_int_equal(back.n_cycles, 2);
	assert_true(back.cycles[0].finished && back.cycles[0].oops);
	assert_int_equal(back.cycles[0].sends, 11);
	assert_int_equal(back.cycles[0].overlaps, 2);
	assert_int_equal(back.cycles[0].stale, 3);
	assert_int_equal(back.cycles[0].lost, 4);
	assert_int_equal(back.cycles[0].stop_ms, 55);
	assert_false(back.cycles[1].finished || back.ended);
	validate_run_free(&back);

	assert_int_equal(state_file_end(fd, "why"), 0);
	assert_int_equal(state_file_read(file, &back, err, sizeof(err)), 0);
	assert_true(back.ended);
	assert_string_equal(back.reason, "why");
	validate_run_free(&back);
	close(fd);
}

/* The kernel died while the last line was being written. */
static void test_state_file_cut(void **state)
{
	struct validate_run run = some_run(3), back;
	char err[256];
	int fd = create(&run);

	(void)state;
	assert_int_equal(state_file_begin(fd, 1), 0);
	assert_int_equal(write(fd, "{\"record\":\"res", 14), 14);
	assert_int_equal(state_file_read(file, &back, err, sizeof(err)), 0);
	assert_int_equal(back.n_cycles, 1);
	assert_false(back.cycles[0].finished);
	validate_run_free(&back);
	close(fd);
}

static void expect_unreadable(const char *text, const char *why)
{
	struct validate_run run;
	char err[256] = "";
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_true(state_file_read(file, &run, err, sizeof(err)) < 0);
	assert_non_null(strstr(err, why));
	assert_non_null(strstr(err, file));
	validate_run_free(&run);
}

#define PLAN                                                                                       \
	"{\"record\":\"validation\",\"version\":1,\"cycles\":3,\"senders\":1,"                     \
	"\"devices\":[\"/dev/a\"]}\n"

static void test_state_file_bad(void **state)
{
	char err[256];
	struct validate_run run;

	(void)state;
	expect_unreadable("", "not a state file");
	expect_unreadable("\xff\xfe\n", ":1: not a state file");
	expect_unreadable("[]\n", ":1: not a state file");
	expect_unreadable("{\"record\":\"begin\",\"cycle\":1}\n", ":1: not a state file");
	expect_unreadable("{\"record\":\"validation\",\"version\":2}\n", "another version");
	expect_unreadable(PLAN "{\"record\":\"begin\",\"cycle\":2}\n", ":2: not a state file");
	expect_unreadable(PLAN "{\"record\":\"result\",\"cycle\":1}\n", ":2: not a state file");
	expect_unreadable("{\"record\":\"validation\",\"version\":1,\"cycles\":3,\"devices\":7}\n",
			  ":1: not a state file");
	unlink(file);
	assert_int_equal(state_file_read(file, &run, err, sizeof(err)), -2);
	assert_non_null(strstr(err, "No such file"));
}

static char *printed(void (*print)(FILE *, const struct validate_run *, const struct tally *),
		     const struct validate_run *run, const struct tally *tally)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	print(f, run, tally);
	fclose(f);
	return text;
}

static void test_reports(void **state)
{
	struct validate_run run = some_run(9);
	struct json_object *o, *value;
	struct tally t;
	char *text;

	(void)state;
	snprintf(run.devices[0], sizeof(run.devices[0]), "/dev/<b>&\"");
	add_cycle(&run, 0, 0);
	validate_run_add(&run);
	t = validate_tally(&run, "boot-2");
	text = printed(report_text, &run, &t);
	assert_non_null(strstr(text, "verdict: vulnerable\n  The kernel died in cycle 2:"));
	assert_non_null(strstr(text, "1 of 2 cycles were unsafe (50 %)"));
	free(text);
	text = printed(report_html, &run, &t);
	assert_non_null(strstr(text, "/dev/&lt;b&gt;&amp;&quot;"));
	assert_null(strstr(text, "<b>"));
	assert_non_null(strstr(text, "<td colspan=\"5\">the kernel died</td>"));
	free(text);
	o = report_json(&run, &t);
	assert_true(json_object_object_get_ex(o, "verdict", &value));
	assert_string_equal(json_object_get_string(value), "vulnerable");
	assert_true(json_object_object_get_ex(o, "died_in_cycle", &value));
	assert_int_equal(json_object_get_int(value), 2);
	assert_true(json_object_object_get_ex(o, "cut_off_in_cycle", &value));
	assert_null(value);
	json_object_put(o);
	validate_run_free(&run);
}

static void test_targets(void **state)
{
	(void)state;
	assert_true(target_is_valid("/dev/ttyRPMSG0"));
	assert_true(target_is_valid("/dev/rpmsg0"));
	assert_true(target_is_valid("/dev/rpmsg_ctrl0:77"));
	assert_true(target_is_valid("/dev/rpmsg_ctrl1:0x400"));
	assert_false(target_is_valid("ttyRPMSG0"));
	assert_false(target_is_valid(""));
	assert_false(target_is_valid("/dev/rpmsg_ctrl0"));
	assert_false(target_is_valid("/dev/rpmsg_ctrl0:"));
	assert_false(target_is_valid("/dev/rpmsg_ctrl0:-1"));
	assert_false(target_is_valid("/dev/rpmsg_ctrl0:77x"));
	assert_false(target_is_valid("/dev/rpmsg_ctrl0:4294967295"));
}

/* Two rounds on a device that takes everything. */
static void test_senders(void **state)
{
	struct validate_run run = { .devices = { "/dev/null", "/dev/zero" },
				    .n_devices = 2,
				    .senders = 3 };
	struct workload *workload;
	char reason[128] = "";
	uint64_t before;

	(void)state;
	assert_int_equal(workload_start(&workload, &run), 0);
	assert_int_equal(workload_writes(workload), 0);
	for (int round = 0; round < 2; round++) {
		before = workload_writes(workload);
		workload_go(workload);
		assert_true(workload_wait_busy(workload, 20000, reason, sizeof(reason)));
		assert_true(workload_rest(workload, 20000, reason, sizeof(reason)));
		assert_true(workload_writes(workload) >= before + 6);
	}
	/* At rest nobody writes. */
	before = workload_writes(workload);
	usleep(20000);
	assert_int_equal(workload_writes(workload), before);
	workload_free(workload);
	assert_string_equal(reason, "");
	/* All of them have ended. */
	assert_int_equal(wait(NULL), -1);
}

static void test_senders_without_device(void **state)
{
	struct validate_run run = { .devices = { "/dev/null", "/nonexistent" },
				    .n_devices = 2,
				    .senders = 1 };
	struct workload *workload;
	char reason[128];

	(void)state;
	assert_int_equal(workload_start(&workload, &run), 0);
	workload_go(workload);
	assert_false(workload_wait_busy(workload, 1000, reason, sizeof(reason)));
	assert_string_equal(reason, "/nonexistent after 1 s: No such file or directory");
	assert_true(workload_rest(workload, 20000, reason, sizeof(reason)));
	workload_free(workload);
}

/* argp ends the process, so the command gets one of its own. */
static void expect_refused(const char *why, char **argv)
{
	char text[4096];
	int fds[2], status, argc = 0;
	ssize_t n, used = 0;

	while (argv[argc])
		argc++;
	assert_int_equal(pipe(fds), 0);
	if (fork() == 0) {
		dup2(fds[1], STDERR_FILENO);
		_exit(cmd_validate(argc, argv));
	}
	close(fds[1]);
	while ((n = read(fds[0], text + used, sizeof(text) - 1 - (size_t)used)) > 0)
		used += n;
	text[used] = '\0';
	close(fds[0]);
	assert_true(wait(&status) > 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_STATUS_USAGE || !strstr(text, why))
		fail_msg("status %#x, not '%s': %s", (unsigned int)status, why, text);
}

#define REFUSED(why, ...) expect_refused(why, (char *[]){ "validate", __VA_ARGS__, NULL })

static void test_usage(void **state)
{
	(void)state;
	argp_err_exit_status = EXIT_STATUS_USAGE;
	REFUSED("which remote processor? NAME is missing", "--cycles", "5");
	REFUSED("--device is missing", "remoteproc0");
	REFUSED("stops remoteproc0 5 times under load", "remoteproc0", "-d", "/dev/x", "-n", "5");
	REFUSED("add --i-know-this-can-panic", "remoteproc0", "-d", "/dev/x");
	REFUSED("give only one NAME; 'b'", "a", "b");
	REFUSED("--cycles takes a number from 1 to 100000, not '0'", "-n", "0");
	REFUSED("not '100001'", "-n", "100001");
	REFUSED("--senders takes a number from 1 to 16, not '-1'", "-s", "-1");
	REFUSED("not '2x'", "-s", "2x");
	REFUSED("not '/dev/rpmsg_ctrl0'", "-d", "/dev/rpmsg_ctrl0");
	REFUSED("times at most", "-d", "/a", "-d", "/b", "-d", "/c", "-d", "/d", "-d", "/e", "-d",
		"/f", "-d", "/g", "-d", "/h", "-d", "/i");
	REFUSED("--verdict runs no test", "--verdict", "x", "remoteproc0");
	REFUSED("--verdict runs no test", "--verdict", "x", "--i-know-this-can-panic");
	REFUSED("No such file", "--verdict", "/nonexistent");
	REFUSED("/tmp: Is a directory", "--verdict", "/tmp");
	REFUSED("--ktap and --json cannot be used together", "--verdict", "x", "--ktap", "--json");
	REFUSED("NEW is missing", "--compare", "x");
	REFUSED("--compare runs no test", "--compare", "x", "y", "--cycles", "5");
	REFUSED("--compare runs no test", "--compare", "x", "y", "--ktap");
	REFUSED("No such file", "--compare", "/nonexistent", "/nonexistent");
	REFUSED("not a result of", "--compare", "/dev/null", "/dev/null");
	REFUSED("'no-such-one'", "no-such-one", "-d", "/dev/x", "--i-know-this-can-panic");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_rule_of_three),
		cmocka_unit_test(test_bounds_hold_the_rate),
		cmocka_unit_test(test_teardown_is_seen),
		cmocka_unit_test(test_tally_clean),
		cmocka_unit_test(test_tally_vulnerable),
		cmocka_unit_test(test_tally_nothing_done),
		cmocka_unit_test(test_tally_died),
		cmocka_unit_test_teardown(test_state_file, remove_file),
		cmocka_unit_test_teardown(test_state_file_cut, remove_file),
		cmocka_unit_test_teardown(test_state_file_bad, remove_file),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_senders),
		cmocka_unit_test(test_senders_without_device),
		cmocka_unit_test(test_usage),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
