// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "commands/watch_text.h"

static char *text;
static size_t size;

static FILE *begin(void)
{
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	return out;
}

static void assert_printed(FILE *out, const char *expected)
{
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static const struct line_event deleted = {
	.rproc = "remoteproc0",
	.t_ns = 12000034567,
	.event = TL_VIRTQUEUE_DELETED,
	.task = { 7, 8, "s\033h" },
	.text = "virtqueue deleted, 0 senders inside",
};

static void an_event_is_one_line(void **state)
{
	FILE *out = begin();

	(void)state;
	watch_print_event(out, &deleted, false);
	watch_print_event(out, &(struct line_event){ .event = TL_BOOT, .senders = -1 }, false);
	assert_printed(out, "[   12.000034] remoteproc0  s\\x1bh (pid 8): "
			    "virtqueue deleted, 0 senders inside\n"
			    "[    0.000000] remoteproc?  boot\n");
}

/* Danger is red, and a line that begins a colour ends it. */
static void colours_are_asked_for(void **state)
{
	struct line_event unsafe = deleted;
	FILE *out = begin();

	(void)state;
	unsafe.senders = 2;
	unsafe.task.tid = 0;
	unsafe.text = "x";
	watch_print_event(out, &unsafe, true);
	unsafe.senders = 0;
	watch_print_event(out, &unsafe, true);
	unsafe.event = TL_ENDPOINT_CREATED;
	watch_print_event(out, &unsafe, true);
	assert_printed(out, "\033[31m[   12.000034] remoteproc0  x\033[0m\n"
			    "\033[33m[   12.000034] remoteproc0  x\033[0m\n"
			    "[   12.000034] remoteproc0  x\n");
}

static void a_send_says_how_long_it_took(void **state)
{
	const struct line_send send = {
		.rproc = "remoteproc1",
		.start_ns = 1000000000,
		.end_ns = 1000009444,
		.task = { 150, 151, "python3" },
		.function = "rpmsg_send",
		.channel = "virtio0.rpmsg-tty.1024.30",
		.result = TL_RETURNED,
		.value = -12,
	};
	FILE *out = begin();

	(void)state;
	watch_print_send(out, &send, false);
	watch_print_lost(out, TL_LOST_SENDS, 17, false);
	assert_printed(out, "[    1.000000] remoteproc1  python3 (pid 151): rpmsg_send on "
			    "virtio0.rpmsg-tty.1024.30 returned -12 after 9.4 us\n"
			    "INCOMPLETE: 17 sends lost\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_one_line),
		cmocka_unit_test(colours_are_asked_for),
		cmocka_unit_test(a_send_says_how_long_it_took),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
