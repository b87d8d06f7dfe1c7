// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "timeline/lines.h"

static void assert_line(char *line, const char *expected)
{
	assert_non_null(line);
	assert_string_equal(line, expected);
	free(line);
}

/* One object on one line, which the caller puts. */
static struct json_object *parse(char *line)
{
	struct json_object *o;

	assert_non_null(line);
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	o = json_tokener_parse(line);
	assert_non_null(o);
	free(line);
	return o;
}

static const char *text(struct json_object *o, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(o, key, &value) ? json_object_get_string(value) : NULL;
}

static void the_head_says_what_and_where(void **state)
{
	const struct line_episode e = {
		.id = "20261123T071203Z-remoteproc0-3",
		.rproc = "remoteproc0",
		.device = "imx-rproc",
		.action = "stop",
		.request = "stop requested by sh[812]",
		.level = "override",
		.caller = { 811, 812, "sh" },
		.started = { 1795590723, 45600000 },
		.started_ns = 9007199254740993,
	};
	struct json_object *o = parse(line_episode(&e)), *caller;

	(void)state;
	assert_string_equal(text(o, "record"), "episode");
	assert_string_equal(text(o, "version"), "1");
	assert_string_equal(text(o, "program"), "rpmsg-guard " VERSION);
	assert_string_equal(text(o, "started"), "2026-11-25T07:12:03.045Z");
	/* More than a double holds. */
	assert_string_equal(text(o, "started_ns"), "9007199254740993");
	assert_int_equal(strlen(text(o, "boot_id")), 36);
	assert_non_null(text(o, "kernel"));
	assert_non_null(text(o, "machine"));
	assert_true(json_object_object_get_ex(o, "caller", &caller));
	assert_string_equal(text(caller, "pid"), "811");
	assert_string_equal(text(caller, "tid"), "812");
	assert_string_equal(text(caller, "comm"), "sh");
	json_object_put(o);
}

static void what_is_not_known_is_left_out(void **state)
{
	const struct line_episode head = { .id = "x", .rproc = "r", .action = "recovery" };
	struct json_object *o = parse(line_episode(&head));

	(void)state;
	assert_null(text(o, "caller"));
	json_object_put(o);
	assert_line(
		line_event(&(struct line_event){ .t_ns = 5, .event = TL_CLOSED, .senders = -1 }),
		"{\"record\":\"event\",\"t_ns\":5,\"event\":\"closed\"}\n");
	assert_line(line_send(&(struct line_send){ .start_ns = 7, .result = TL_UNKNOWN }),
		    "{\"record\":\"send\",\"start_ns\":7,\"result\":\"unknown\"}\n");
}

static void events_and_sends_say_all_they_know(void **state)
{
	const struct line_event event = {
		.t_ns = 1,
		.event = TL_VIRTQUEUE_DELETED,
		.task = { 2, 3, "a" },
		.endpoint = 0xffff888002705f00,
		.channel = "virtio0.rpmsg-tty.1024.30",
		.origin = "state_store+0x98",
		.device = "/dev/ttyRPMSG30",
		.text = "t",
		.senders = 0,
	};
	const struct line_send send = {
		.start_ns = 10,
		.end_ns = 20,
		.task = { 2, 3, "a" },
		.function = "rpmsg_send",
		.endpoint = 0x10,
		.channel = "c",
		.result = TL_REFUSED,
		.value = -108,
	};

	(void)state;
	assert_line(line_event(&event),
		    "{\"record\":\"event\",\"t_ns\":1,\"event\":\"virtqueue_deleted\",\"pid\":2,"
		    "\"tid\":3,\"comm\":\"a\",\"endpoint\":\"0xffff888002705f00\","
		    "\"channel\":\"virtio0.rpmsg-tty.1024.30\",\"origin\":\"state_store+0x98\","
		    "\"senders\":0,\"device\":\"/dev/ttyRPMSG30\",\"text\":\"t\"}\n");
	assert_line(line_send(&send),
		    "{\"record\":\"send\",\"start_ns\":10,\"end_ns\":20,\"pid\":2,\"tid\":3,"
		    "\"comm\":\"a\",\"function\":\"rpmsg_send\",\"endpoint\":\"0x10\","
		    "\"channel\":\"c\",\"result\":\"refused\",\"value\":-108}\n");
	assert_line(line_lost(4, TL_LOST_SENDS, 17),
		    "{\"record\":\"lost\",\"t_ns\":4,\"what\":\"sends\",\"count\":17}\n");
}

static void the_end_has_every_key(void **state)
{
	struct line_end end = { .t_ns = 9, .result = "stopped", .reason = "", .complete = true };

	(void)state;
	assert_line(line_end(&end),
		    "{\"record\":\"end\",\"t_ns\":9,\"result\":\"stopped\",\"reason\":\"\","
		    "\"held_ns\":0,\"refused\":0,\"dropped\":0,\"ejected\":0,"
		    "\"unsafe_overlaps\":0,\"complete\":true}\n");
	end = (struct line_end){ 9, 8, "refused", "waited in vain",	 1, 2,
				 3, 4, false,	  TL_CAUSE_SENDER_INSIDE };
	assert_line(
		line_end(&end),
		"{\"record\":\"end\",\"t_ns\":9,\"result\":\"refused\","
		"\"reason\":\"waited in vain\",\"cause\":\"sender_inside\",\"held_ns\":8,\"refused\":1,\"dropped\":2,"
		"\"ejected\":3,\"unsafe_overlaps\":4,\"complete\":false}\n");
}

/* Names of tasks are chosen by others: the file has to stay UTF-8, and a terminal in order. */
static void names_are_made_harmless(void **state)
{
	char line[] = "{\"record\":\"event\",\"t_ns\":1,\"event\":\"note\",\"pid\":1,\"tid\":1,"
		      "\"comm\":\"a\\\\x1b[2J\\\"\\\\xff\"}\n";

	(void)state;
	assert_line(line_event(&(struct line_event){ .t_ns = 1,
						     .event = TL_NOTE,
						     .task = { 1, 1, "a\x1b[2J\"\xff" },
						     .senders = -1 }),
		    line);
}

static void every_event_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (enum timeline_event event = 0; event < TL_EVENTS; event++) {
		assert_non_null(timeline_event_name(event));
		assert_int_equal(timeline_event_find(timeline_event_name(event)), event);
	}
	for (enum timeline_send result = 0; result < TL_SENDS; result++)
		assert_non_null(timeline_send_name(result));
	for (enum timeline_loss what = 0; what < TL_LOSSES; what++)
		assert_non_null(timeline_loss_name(what));
	assert_int_equal(timeline_event_find("unheard_of"), TL_EVENTS);
	for (enum timeline_action action = 0; action < TL_ACTIONS; action++)
		assert_int_equal(timeline_action_find(timeline_action_name(action)), action);
	for (enum timeline_result result = 0; result < TL_RESULTS; result++)
		assert_int_equal(timeline_result_find(timeline_result_name(result)), result);
	for (enum timeline_cause cause = 0; cause < TL_CAUSES; cause++)
		assert_int_equal(timeline_cause_find(timeline_cause_name(cause)), cause);
	assert_int_equal(timeline_loss_find("sends"), TL_LOST_SENDS);
	assert_int_equal(timeline_result_find("unheard_of"), TL_RESULTS);
}

/* What a hold has ever written as its reason. */
static void reasons_have_a_cause(void **state)
{
	static const struct {
		const char *reason;
		enum timeline_cause cause;
	} known[] = {
		{ "", TL_CAUSE_NONE },
		{ "the file was closed", TL_CAUSE_NONE },
		{ "waited in vain for 2 senders inside: python[8] in rpmsg_send for 3.1 s",
		  TL_CAUSE_SENDER_INSIDE },
		{ "waited in vain for writers inside /dev/ttyRPMSG0 to leave: sh[7]",
		  TL_CAUSE_SENDER_INSIDE },
		{ "waited in vain for /dev/ttyRPMSG0 to be closed by inside[7]",
		  TL_CAUSE_TTY_OPEN },
		{ "waited in vain for a descriptor to be closed that /proc does not show",
		  TL_CAUSE_DESCRIPTOR_HIDDEN },
		{ "waited in vain for a close of /dev/ttyRPMSG0 that is under way",
		  TL_CAUSE_TTY_OPENING },
		{ "waited in vain for sh[7], which may be opening a tty", TL_CAUSE_TTY_OPENING },
		{ "waited in vain for the driver of virtio0.inside.1.2, which is being probed",
		  TL_CAUSE_PROBE_RUNS },
		{ "waited in vain for the hang-up of an earlier hold to end",
		  TL_CAUSE_HANGUP_RUNS },
		{ "waited in vain for memory", TL_CAUSE_NO_MEMORY },
		{ "the gate cannot be closed: Input/output error", TL_CAUSE_GATE },
		{ "/dev/ttyRPMSG0 cannot be kept from being opened: No space left on device",
		  TL_CAUSE_KEEPOUT },
		{ "/dev/ttyRPMSG0 cannot be hung up: Input/output error", TL_CAUSE_HANGUP },
		{ "channels are announced faster than they can be quiesced: Timer expired",
		  TL_CAUSE_CHANNELS_COME },
		{ "ttys: more than 63 of one remote processor: Argument list too long",
		  TL_CAUSE_TOO_MANY_TTYS },
		{ "sh[91] has gone", TL_CAUSE_CALLER_GONE },
		{ "the service ended", TL_CAUSE_SERVICE_ENDED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (timeline_cause_of_reason(known[i].reason) != known[i].cause)
			fail_msg("'%s'", known[i].reason);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_head_says_what_and_where),
		cmocka_unit_test(what_is_not_known_is_left_out),
		cmocka_unit_test(events_and_sends_say_all_they_know),
		cmocka_unit_test(the_end_has_every_key),
		cmocka_unit_test(names_are_made_harmless),
		cmocka_unit_test(every_event_has_a_name_of_its_own),
		cmocka_unit_test(reasons_have_a_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
