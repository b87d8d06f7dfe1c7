// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every log in tests/data/oops must get the verdict that stands beside it, and no input whatsoever
 * may bring control bytes to the output or end in anything but a verdict.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <unistd.h>

#include "commands/verdict.h"
#include "oops/oops.h"

#define DATA "tests/data/oops"

static struct oops_verdict verdict;

static void decode_file(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(oops_decode_fd(fd, &verdict), 0);
	close(fd);
}

/* @len bytes in pieces of @piece: the verdict must not depend on how a log arrives. */
static void decode_bytes(const void *bytes, size_t len, size_t piece)
{
	struct oops_decoder *d = oops_decoder_new();

	assert_non_null(d);
	for (size_t at = 0; at < len; at += piece)
		oops_decoder_feed(d, (const char *)bytes + at, len - at < piece ? len - at : piece);
	assert_int_equal(oops_decoder_finish(d, &verdict), 0);
	oops_decoder_free(d);
}

static void decode_text(const char *text)
{
	decode_bytes(text, strlen(text), 4096);
}

static int exit_status(void)
{
	return verdict.answer == OOPS_ANSWER_UNREADABLE ? 2
	       : verdict.answer == OOPS_ANSWER_RACE	? 0
							: 1;
}

/* "0 woken-sleeper imx_rpmsg_tty python[95780] high", "-" for what there is not. */
static const char *in_short(void)
{
	static char text[256];
	char process[64] = "-";

	if (verdict.comm[0] && verdict.pid >= 0)
		snprintf(process, sizeof(process), "%s[%ld]", verdict.comm, verdict.pid);
	else if (verdict.comm[0])
		snprintf(process, sizeof(process), "%s", verdict.comm);
	snprintf(text, sizeof(text), "%d %s %s %s %s", exit_status(),
		 oops_variant_name(verdict.variant), verdict.driver[0] ? verdict.driver : "-",
		 process, oops_confidence_name(verdict.confidence));
	return text;
}

static char *render(void)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	struct json_object *o = verdict_json(&verdict);

	assert_non_null(f);
	verdict_print(f, &verdict);
	fputs(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN), f);
	fclose(f);
	json_object_put(o);
	return text;
}

static void assert_clean_output(void)
{
	char *text = render();

	for (const char *c = text; *c; c++)
		if (*c != '\n' && (*c < 0x20 || *c > 0x7e))
			fail_msg("byte 0x%02x in the output", (unsigned char)*c);
	free(text);
}

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
	assert_string_equal(
		verdict.summary,
		"This is the rpmsg shutdown race (high confidence): a sender that slept on "
		"the full ring woke up after the teardown.");
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
		{ "other-arm64-5.10-oom", "the memory ran out" },
		{ "other-x86_64-6.1-bad-stop", "NULL pointer dereference in sim_stop" },
		{ "other-x86_64-6.1-bad-stop", "the stop itself" },
		{ "other-x86_64-6.1-other-tty", "nothing to do with rpmsg" },
		{ "hand-other-receive", "receive path" },
		{ "hand-other-rproc-start-alignment", "the start of the remote processor" },
		{ "hand-other-glink", "not run over virtio" },
		{ "hand-other-driver-without-stop", "too little tells of a stop" },
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
		strstr(verdict.what, "a CPU that does not get on in queued_spin_lock_slowpath"));
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

/* ---- hostile input ---- */

static char *load(const char *path, size_t *len)
{
	FILE *f = fopen(path, "r");
	char *bytes = malloc(1 << 20);

	assert_non_null(f);
	assert_non_null(bytes);
	*len = fread(bytes, 1, 1 << 20, f);
	assert_true(*len > 0);
	fclose(f);
	return bytes;
}

static void pieces_of_any_size(void **state)
{
	size_t len;
	char *log = load(DATA "/form-escapes.log", &len), before[256];

	(void)state;
	decode_bytes(log, len, len);
	snprintf(before, sizeof(before), "%s", in_short());
	for (size_t piece = 1; piece < 9; piece++) {
		decode_bytes(log, len, piece);
		assert_string_equal(in_short(), before);
	}
	free(log);
}

/* Cut off anywhere, it must come to a verdict, and to the same one once all evidence is there. */
static void cut_anywhere(void **state)
{
	size_t len;
	char *log = load(DATA "/arm64-5.10-shipped-live-stop.log", &len);

	(void)state;
	for (size_t cut = 0; cut < len; cut += 37) {
		decode_bytes(log, cut, 4096);
		assert_true(verdict.answer != OOPS_ANSWER_UNREADABLE);
		assert_true(verdict.answer != OOPS_ANSWER_RACE ||
			    verdict.variant == OOPS_VARIANT_SLEEPER);
		decode_bytes(log + cut, len - cut, 4096);
		assert_clean_output();
	}
	free(log);
}

/* A repeatable sequence, by a linear congruence. */
static unsigned char noise(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return (unsigned char)(*seed >> 24);
}

static void binary_is_unreadable(void **state)
{
	unsigned char bytes[65536];
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = noise(&seed);
	decode_bytes(bytes, sizeof(bytes), 4096);
	assert_int_equal(verdict.answer, OOPS_ANSWER_UNREADABLE);
	memset(bytes, 0, sizeof(bytes));
	decode_bytes(bytes, sizeof(bytes), 4096);
	assert_int_equal(verdict.answer, OOPS_ANSWER_UNREADABLE);
	assert_clean_output();
	decode_text("\x1f\x8b\x08 and so on");
	assert_int_equal(verdict.answer, OOPS_ANSWER_UNREADABLE);
	assert_non_null(strstr(verdict.summary, "gzip"));
}

/* A dump of a memory region has the log somewhere between other bytes. */
static void a_log_within_binary(void **state)
{
	size_t len;
	char *log = load(DATA "/verdin-imx8mm-5.15.129.log", &len);
	struct oops_decoder *d = oops_decoder_new();
	uint32_t seed = 7;

	(void)state;
	for (size_t i = 0; i < 200000; i++) {
		const unsigned char c = noise(&seed);

		oops_decoder_feed(d, &c, 1);
	}
	oops_decoder_feed(d, "\n", 1);
	oops_decoder_feed(d, log, len);
	assert_int_equal(oops_decoder_finish(d, &verdict), 0);
	assert_int_equal(verdict.answer, OOPS_ANSWER_RACE);
	oops_decoder_free(d);
	free(log);
}

static void other_languages_are_text(void **state)
{
	(void)state;
	decode_text("\xe5\x86\x85\xe6\xa0\xb8\xe9\x94\x99\xe8\xaf\xaf\n\xe6\x97\xa5\xe5\xbf\x97\n");
	assert_int_equal(verdict.answer, OOPS_ANSWER_NONE);
}

/* Whatever a log quotes, names included, must not reach the terminal as it is. */
static void names_full_of_escapes(void **state)
{
	(void)state;
	decode_text(
		"remoteproc remoteproc0: stopped remote processor \x1b]0;x\x07\x1b[31mm4\xc2\x9b\n"
		"Unable to handle kernel NULL pointer dereference at virtual address 00000008\n"
		"CPU: 0 PID: 5 Comm: a\x1b[2Jb\x9b"
		"c\x01\x02 Not tainted 5.10.1\x7f\x1b[m #1\n"
		"pc : rpmsg_send+0x8/0x40 [rpmsg_core\x08]\n"
		"Call trace:\n rpmsg_send+0x8/0x40\n vendor_\x00write+0x8/0x40 [evil\x1b[1m]\n");
	assert_int_equal(verdict.answer, OOPS_ANSWER_RACE);
	assert_clean_output();
	assert_string_equal(verdict.comm, "ab?c");
}

/* ---- size ---- */

/*
 * 100 MB, by a pattern: long lines, short lines, reports that never end, escapes that never end.
 * What costs more than time in proportion to the length does not come back within the alarm.
 */
static void feed_much(const char *pattern, size_t megabytes)
{
	enum { BLOCK = 1 << 20 };
	char *block = malloc(BLOCK);
	struct oops_decoder *d = oops_decoder_new();
	const size_t len = strlen(pattern);

	assert_non_null(block);
	assert_non_null(d);
	for (size_t i = 0; i < BLOCK; i++)
		block[i] = pattern[i % len];
	for (size_t i = 0; i < megabytes; i++)
		oops_decoder_feed(d, block, BLOCK);
	assert_int_equal(oops_decoder_finish(d, &verdict), 0);
	assert_true(verdict.bytes == (uint64_t)megabytes * BLOCK);
	assert_clean_output();
	oops_decoder_free(d);
	free(block);
}

static void a_hundred_megabytes(void **state)
{
	(void)state;
	alarm(900);
	feed_much("a line of a log that is about something else altogether, as most of them are\n",
		  100);
	assert_int_equal(verdict.answer, OOPS_ANSWER_NONE);
	feed_much("x", 20);
	assert_int_equal(verdict.answer, OOPS_ANSWER_NONE);
	feed_much("[", 20);
	feed_much("\x1b[", 20);
	feed_much("[  1.000000] BUG: KASAN: use-after-free in f+0x1/0x2\n f+0x1/0x2\n", 20);
	assert_int_equal(verdict.answer, OOPS_ANSWER_OTHER);
	assert_true(verdict.more > 0);
	feed_much("WARNING: CPU: 1 PID: 1 at f.c:1 f+0x1/0x2\n", 5);
	feed_much("[1.000000][T1] Call trace:\n[1.000000][T2] f+0x1/0x2\n", 5);
	feed_much("{\"MESSAGE\":\"Kernel panic - not syncing: x\"}\n", 5);
	alarm(0);
}

/* An oops at the end of a flood of warnings is still found. */
static void an_oops_behind_a_flood(void **state)
{
	size_t len;
	char *log = load(DATA "/verdin-imx8mm-5.15.129.log", &len);
	struct oops_decoder *d = oops_decoder_new();
	static const char warning[] =
		"WARNING: CPU: 1 PID: 1 at f.c:1 f+0x1/0x2\nCPU: 1 PID: 1 Comm: a Not tainted 6.1 #1\n"
		"Call trace:\n f+0x1/0x2\n---[ end trace 0 ]---\n";

	(void)state;
	for (size_t i = 0; i < 2000; i++)
		oops_decoder_feed(d, warning, sizeof(warning) - 1);
	oops_decoder_feed(d, log, len);
	assert_int_equal(oops_decoder_finish(d, &verdict), 0);
	assert_int_equal(verdict.answer, OOPS_ANSWER_RACE);
	assert_int_equal(verdict.variant, OOPS_VARIANT_SLEEPER);
	oops_decoder_free(d);
	free(log);
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
		cmocka_unit_test(pieces_of_any_size),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(binary_is_unreadable),
		cmocka_unit_test(a_log_within_binary),
		cmocka_unit_test(other_languages_are_text),
		cmocka_unit_test(names_full_of_escapes),
		cmocka_unit_test(a_hundred_megabytes),
		cmocka_unit_test(an_oops_behind_a_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
