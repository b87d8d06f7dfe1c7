// SPDX-License-Identifier: GPL-2.0-only
/* What stands in front of a kernel message, and the forms of symbols and frames. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "oops/inside.h"
#include "oops/prefix.h"
#include "oops/symbols.h"

static void prefixes(void **state)
{
	static const struct {
		const char *raw;
		const char *text;
		enum oops_clock clock;
		double time;
	} cases[] = {
		{ "a message", "a message", OOPS_CLOCK_NONE, 0 },
		{ "[   12.345678] a message", "a message", OOPS_CLOCK_MONOTONIC, 12.345678 },
		{ "<4>[   12.345678] a message", "a message", OOPS_CLOCK_MONOTONIC, 12.345678 },
		{ "6,339,5140900,-;a message", "a message", OOPS_CLOCK_MONOTONIC, 5.1409 },
		{ "6,339,5140900,-,caller=T1;a message", "a message", OOPS_CLOCK_MONOTONIC,
		  5.1409 },
		{ "[12.345678@1] a message", "a message", OOPS_CLOCK_MONOTONIC, 12.345678 },
		{ "[Mon Nov 21 10:02:03 2022] a message", "a message", OOPS_CLOCK_DAY, 36123 },
		{ "2022-11-21T10:02:03,500000+01:00 a message", "a message", OOPS_CLOCK_DAY,
		  36123.5 },
		{ "Nov 21 10:02:03 board kernel: a message", "a message", OOPS_CLOCK_DAY, 36123 },
		{ "Nov  1 10:02:03 board kernel: [   12.500000] a message", "a message",
		  OOPS_CLOCK_MONOTONIC, 12.5 },
		{ "Jan  1 00:00:12 board kern.warn kernel: [   12.500000] a message", "a message",
		  OOPS_CLOCK_MONOTONIC, 12.5 },
		{ "<4>1 2022-11-21T10:02:03.5+00:00 board kernel - - - a message", "a message",
		  OOPS_CLOCK_DAY, 36123.5 },
		{ "kern  :warn  : [   12.500000] a message", "a message", OOPS_CLOCK_MONOTONIC,
		  12.5 },
		{ "1669024923.500000 board kernel: a message", "a message", OOPS_CLOCK_DAY,
		  36123.5 },
		{ "[   12.500000] board kernel: a message", "a message", OOPS_CLOCK_MONOTONIC,
		  12.5 },
		{ "> > [   12.500000] a message", "a message", OOPS_CLOCK_MONOTONIC, 12.5 },
		/* These are messages themselves. */
		{ "[ffff800015b3a002] pgd=1", "[ffff800015b3a002] pgd=1", OOPS_CLOCK_NONE, 0 },
		{ "[drm] a message", "[drm] a message", OOPS_CLOCK_NONE, 0 },
		{ "[<c0101234>] (f) from [<c0>] (g)", "[<c0101234>] (f) from [<c0>] (g)",
		  OOPS_CLOCK_NONE, 0 },
		{ "remoteproc remoteproc0: up", "remoteproc remoteproc0: up", OOPS_CLOCK_NONE, 0 },
		{ "<insane>", "<insane>", OOPS_CLOCK_NONE, 0 },
		{ "Marvin kernel", "Marvin kernel", OOPS_CLOCK_NONE, 0 },
		/* A time that cannot be one is none. */
		{ "6,1,99999999999999999999999,-;a message", "a message", OOPS_CLOCK_NONE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct oops_line line;

		oops_prefix_strip(cases[i].raw, &line);
		assert_string_equal(line.text, cases[i].text);
		assert_int_equal(line.clock, cases[i].clock);
		assert_true(line.time > cases[i].time - 1e-6 && line.time < cases[i].time + 1e-6);
		assert_true(line.kernel);
	}
}

static void callers_and_programs(void **state)
{
	struct oops_line line;

	(void)state;
	oops_prefix_strip("[   12.345678][  T123] a message", &line);
	assert_int_equal(line.caller, 'T');
	assert_int_equal(line.caller_id, 123);
	assert_string_equal(line.text, "a message");
	oops_prefix_strip("[   12.345678][    C0] a message", &line);
	assert_int_equal(line.caller, 'C');
	assert_int_equal(line.caller_id, 0);
	oops_prefix_strip("Nov 21 10:02:03 board python[12]: Kernel panic - not syncing: x", &line);
	assert_false(line.kernel);
	assert_string_equal(line.tag, "python");
}

static void messages_inside_a_line(void **state)
{
	const char *text = "address 0 [  113.714115] Mem abort info:";

	(void)state;
	assert_ptr_equal(oops_inside_stamp(text), strchr(text, '['));
	assert_null(oops_inside_stamp("[  113.714115] Mem abort info:"));
	assert_null(oops_inside_stamp("f+0x1/0x2 [module] [1.5] [ffff000012345678]"));
}

static void frames(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *function;
		const char *module;
	} cases[] = {
		{ "rpmsg_send+0x20/0x40", 1, "rpmsg_send", "" },
		{ " rpmsgtty_write+0x54/0xb0 [imx_rpmsg_tty]", 1, "rpmsgtty_write",
		  "imx_rpmsg_tty" },
		{ "f+0x1/0x2 [mod 0123456789abcdef]", 1, "f", "mod" },
		{ "f.constprop.0+0x130/0x294 (P)", 1, "f.constprop.0", "" },
		{ "[<ffffffff8050dd30>] f+0x9c/0x4f0", 1, "f", "" },
		{ "[<c04e5d30>] (f) from [<c04e6b44>] (g+0x18/0x1c)", 2, "f", "" },
		{ "[<bf00a404>] (f [m]) from [<bf000254>] (g+0x30/0x4c [n])", 2, "f", "m" },
		{ " f [m] from g+0x2c/0x80 [n]", 2, "f", "m" },
		/* What symbolizers make of them. */
		{ "f (drivers/a.c:12)", 1, "f", "" },
		{ "f (drivers/a.c:12 (discriminator 2)) m", 1, "f", "m" },
		{ "f (a.c:1 (inlined by) b.c:2) [m]", 1, "f", "m" },
		{ "f+0x1/0x2 (a.c:?)", 1, "f", "" },
		{ "f+0x1/0x2 [m] drivers/a.c:12", 1, "f", "m" },
		{ "f+0x1/0x2 drivers/a.c:12 [m]", 1, "f", "m" },
		{ "f+0x1/0x2 at drivers/a.c:12", 1, "f", "" },
		{ "f drivers/a.c:12 [inline]", 1, "f", "" },
		{ "#5 [ffff800015db3a80] f at ffff8000089b1a24 [m]", 1, "f", "m" },
		{ "f+0x1/0x2 (P)", 1, "f", "" },
		{ "f+0x1/0x2,kern,info", 1, "f", "" },
		{ "f from", 0, NULL, NULL },
		{ "reset from watchdog", 0, NULL, NULL },
		{ "f+0x1/0x2 (as seen before)", 0, NULL, NULL },
		{ "f (see below: 12)", 0, NULL, NULL },
		{ "failed at drivers/a.c:12", 0, NULL, NULL },
		{ "Code: 35000700 f9403660", 0, NULL, NULL },
		{ "x29: ffff800015db3a80 x28: ffff80000a7022a0", 0, NULL, NULL },
		{ "f+0x1/0x2 is where it failed", 0, NULL, NULL },
		{ "0x43fbdf", 0, NULL, NULL },
		{ "f+/0x2", 0, NULL, NULL },
		{ "", 0, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct oops_frame f[2];

		assert_int_equal(oops_parse_frames(cases[i].text, f), cases[i].n);
		if (cases[i].n == 0)
			continue;
		assert_string_equal(f[0].function, cases[i].function);
		assert_string_equal(f[0].module, cases[i].module);
		assert_false(f[0].doubtful);
		assert_true(cases[i].n == 1 || strcmp(f[1].function, "g") == 0);
	}
}

static void doubtful_frames(void **state)
{
	struct oops_frame f[2];

	(void)state;
	assert_int_equal(oops_parse_frames(" ? swake_up_all+0xb0/0xb0", f), 1);
	assert_true(f[0].doubtful);
}

static void registers(void **state)
{
	static const char *const pcs[] = {
		"pc : f+0x28/0x180",
		"PC is at f+0x2c/0x15c",
		"RIP: 0010:f+0x115/0x1e0 [m]",
		"EIP: f+0xe5/0x1b0",
		"EIP is at f+0xe5/0x1b0",
		"epc : f+0x9c/0x4f0",
		"RIP: 0010:[<ffffffff81012345>]  [<ffffffff81012345>] f+0x115/0x1e0",
	};
	struct oops_frame frame;

	(void)state;
	for (size_t i = 0; i < sizeof(pcs) / sizeof(pcs[0]); i++) {
		assert_int_equal(oops_parse_register(pcs[i], &frame), OOPS_REGISTER_PC);
		assert_string_equal(frame.function, "f");
	}
	/* Cut off: what is behind the end of the line is no part of it. */
	oops_parse_register("RIP: 0010\0f+0x115/0x1e0", &frame);
	assert_string_equal(frame.function, "");
	/* User space's. */
	oops_parse_register("RIP: 0033:0x43fbdf", &frame);
	assert_string_equal(frame.function, "");
	oops_parse_register("pc : [<c04e5d30>]    lr : [<c04e6b44>]    psr: 600f0013", &frame);
	assert_string_equal(frame.function, "");
	assert_int_equal(oops_parse_register("lr : f+0x30/0x40", &frame), OOPS_REGISTER_LR);
	assert_string_equal(frame.function, "f");
	assert_int_equal(oops_parse_register("LR is at f+0x30/0x40 [m]", &frame), OOPS_REGISTER_LR);
	assert_string_equal(frame.module, "m");
	assert_int_equal(oops_parse_register("sp : ffff800015db3a80", &frame), OOPS_REGISTER_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes),
		cmocka_unit_test(callers_and_programs),
		cmocka_unit_test(messages_inside_a_line),
		cmocka_unit_test(frames),
		cmocka_unit_test(doubtful_frames),
		cmocka_unit_test(registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
