// SPDX-License-Identifier: GPL-2.0-only
/* What a verdict says and advises, and what markup, quoting and tables make of a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "oops/cells.h"
#include "oops/inside.h"
#include "oops/markup.h"
#include "oops/oops.h"
#include "oops/quoted.h"

#define DATA "tests/data/oops"

static struct oops_verdict verdict;

static void decode_log(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), DATA "/%s.log", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(oops_decode_fd(fd, &verdict), 0);
	close(fd);
}

static bool advises(const char *words)
{
	for (size_t i = 0; i < verdict.n_advice; i++)
		if (strstr(verdict.advice[i], words))
			return true;
	return false;
}

/* Whether the user is on a tty is told by the frames; the level that it takes depends on that. */
static void the_level_depends_on_the_tty(void **state)
{
	static const struct {
		const char *log;
		bool tty;
	} logs[] = {
		{ "field-pru-write-after-stop", false }, { "field-char-open-create-ept", false },
		{ "hand-handle-pru-mtu", false },	 { "hand-handle-pru-poll", false },
		{ "hand-handle-epoll-vendor", false },	 { "hand-handle-release", false },
		{ "hand-handle-rpmsg-tty-open", true },	 { "field-rt-cpu-prefix", true },
		{ "hand-handle-read", false },		 { "hand-kretprobe-x86", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		decode_log(logs[i].log);
		assert_int_equal(verdict.answer, OOPS_ANSWER_RACE);
		if (advises("Level userspace is enough") != logs[i].tty ||
		    advises("Level observe or override is needed") == logs[i].tty)
			fail_msg("%s: the wrong level", logs[i].log);
	}
}

static void the_summary_says_why(void **state)
{
	static const struct {
		const char *log;
		const char *words;
	} logs[] = {
		{ "hand-cut-tail-no-stop", "the log ends before the end of the stack" },
		{ "hand-cut-tail-other-driver", "the log ends before the end of the stack" },
		{ "hand-cut-head-other-arm32", "the head of the report is missing" },
		{ "field-refcount-teardown", "the stop itself" },
		{ "field-receive-side-bare-trace", "receive path" },
		{ "hand-bare-trace-probe", "a stack trace in acme_probe" },
		{ "hand-crash-panic-qcom", "set to panic" },
		{ "hand-crash-panic-vendor", "set to panic" },
		{ "hand-alignment-arm64", "an access that is not aligned" },
		{ "hand-alignment-arm32", "an access that is not aligned" },
		{ "hand-other-rproc-start-alignment", "an access that is not aligned" },
		{ "hand-attach-start-arm64", "known fault" },
		{ "hand-attach-start-arm32", "known fault" },
		{ "hand-attach-double-free-kasan", "twice, a known fault" },
		{ "hand-attach-double-free-slub", "twice, a known fault" },
		{ "hand-aftermath-duplicate", "itself but probably its aftermath" },
		{ "hand-aftermath-ret-17", "itself but probably its aftermath" },
		{ "hand-aftermath-probe-x86", "itself but probably its aftermath" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		decode_log(logs[i].log);
		assert_int_equal(verdict.answer, OOPS_ANSWER_OTHER);
		if (!strstr(verdict.summary, logs[i].words))
			fail_msg("%s: no '%s' in '%s'", logs[i].log, logs[i].words,
				 verdict.summary);
	}
}

static void an_aftermath_has_evidence(void **state)
{
	bool quoted = false;

	(void)state;
	decode_log("hand-aftermath-duplicate");
	assert_true(verdict.aftermath);
	for (size_t i = 0; i < verdict.n_evidence; i++)
		quoted |= strstr(verdict.evidence[i].quote, "-EEXIST") != NULL;
	assert_true(quoted);
	/* Nothing had been stopped. */
	decode_log("hand-aftermath-not-without-stop");
	assert_false(verdict.aftermath);
	/* The race itself is none, whatever came before. */
	decode_log("field-stop-failed-arm64-5.10-crash-recovery");
	assert_int_equal(verdict.answer, OOPS_ANSWER_RACE);
	assert_false(verdict.aftermath);
}

/* /sys/power/state has a state_store(), too. */
static void suspend_is_no_write_to_our_state(void **state)
{
	(void)state;
	decode_log("hand-power-state-store");
	assert_int_equal(verdict.path, OOPS_PATH_UNKNOWN);
	decode_log("hand-kretprobe-arm64");
	assert_string_equal(verdict.driver, "");
}

/* ---- one line ---- */

static void markup(void **state)
{
	static const char *const cases[][2] = {
		{ "8&lt;--- cut &amp; paste", "8<--- cut & paste" },
		{ "&amp;lt;TASK&amp;gt;", "<TASK>" },
		{ "a<br/>b<br>c", "a\nb\nc" },
		{ "<span class=\"k\">pc</span>&nbsp;: &#102;", "pc : f" },
		{ "^[[32m[   1.0] ^[[0ma", "[   1.0] a" },
		{ "#033[1;31ma#033[0m", "a" },
		{ "[0m[   1.0] a", "[   1.0] a" },
		{ "\\x1b[31ma\\n", "a\n" },
		{ "a^M", "a" },
		/* The kernel's own. */
		{ " <TASK>", " <TASK>" },
		{ "Code: 0f <dd> 48 <b>", "Code: 0f <dd> 48 " },
		{ "[<c04e5d30>] (f)", "[<c04e5d30>] (f)" },
		{ "a & b, x&y", "a & b, x&y" },
		{ "f [m] [12] #1", "f [m] [12] #1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[128];

		snprintf(text, sizeof(text), "%s", cases[i][0]);
		oops_markup_undo(text);
		assert_string_equal(text, cases[i][1]);
	}
}

static void quoted_printable(void **state)
{
	struct oops_quoted q = { false };
	char plain[] = "[ffff] pgd=10000000bffff003, pte=00000000";
	char sure[] = "a =3D 1=2E5", after[] = "x=20";

	(void)state;
	oops_quoted_undo(&q, plain);
	assert_string_equal(plain, "[ffff] pgd=10000000bffff003, pte=00000000");
	oops_quoted_undo(&q, sure);
	assert_string_equal(sure, "a = 1.5");
	oops_quoted_undo(&q, after);
	assert_string_equal(after, "x ");
	assert_true(oops_quoted_goes_on(&q, "virtual address ffff8=", 22));
	/* A line of KASAN's; no mail after all. */
	assert_false(oops_quoted_goes_on(&q, "====", 4));
	oops_quoted_undo(&q, plain);
	assert_false(q.on);
	assert_false(oops_quoted_goes_on(&q, "a line that ends so=", 20));
}

static void cells(void **state)
{
	static const char *const cases[][2] = {
		{ "> > | a message |", " a message" },
		{ "| 12 | kernel | a message |", "a message" },
		{ "\"10:00\",\"a \"\"message\"\"\"", "a \"message\"" },
		{ "kern;\"[    1.500000] a, b\";a longer field than it", "[    1.500000] a, b" },
		{ "'a message',", "a message" },
		/* No tables. */
		{ "? f+0x1/0x2", "? f+0x1/0x2" },
		{ "a \"b\", c", "a \"b\", c" },
		{ "<4>a, b; c", "<4>a, b; c" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char row[128];

		snprintf(row, sizeof(row), "%s", cases[i][0]);
		assert_string_equal(oops_cells_message(row), cases[i][1]);
	}
}

static void paragraphs(void **state)
{
	const char *text =
		"Call trace: f+0x1/0x2 g+0x1/0x2 [m] Code: 1 2 3 and so on, seventy characters long";
	const char *at = text;
	static const char *const parts[] = { "f+", "g+", "Code: " };

	(void)state;
	assert_true(oops_is_paragraph(text, false));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		at = oops_inside_paragraph(at);
		assert_non_null(at);
		assert_int_equal(strncmp(at, parts[i], strlen(parts[i])), 0);
	}
	assert_null(oops_inside_paragraph(at));
	assert_false(oops_is_paragraph(
		"[<c04e5d30>] (f) from [<c04e6b44>] (g+0x18/0x1c [a_module_name]) "
		"that goes on",
		false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_level_depends_on_the_tty),
		cmocka_unit_test(the_summary_says_why),
		cmocka_unit_test(an_aftermath_has_evidence),
		cmocka_unit_test(suspend_is_no_write_to_our_state),
		cmocka_unit_test(markup),
		cmocka_unit_test(quoted_printable),
		cmocka_unit_test(cells),
		cmocka_unit_test(paragraphs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
