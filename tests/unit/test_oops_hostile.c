// SPDX-License-Identifier: GPL-2.0-only
/*
 * No input whatsoever may bring control bytes to the output, end in anything but a verdict, or cost
 * more time than its length.
 */
#include "oops.h"

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
	feed_much("a+0x1/0x2 ", 5);
	feed_much("[< (\n", 5);
	feed_much("<br>&lt;", 5);
	feed_much("pc : f+0x1/0x2 =3D lr : \"", 5);
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
