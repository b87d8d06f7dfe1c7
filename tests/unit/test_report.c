// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every episode in tests/data/episodes must be read and mean what it means; whatever is no episode must
 * end in one message. What comes out of the renderers is in test_render.c.
 */
#include "episodes.h"

/* ---- what the episodes mean ---- */

static bool is_advised(const char *words)
{
	struct steps steps;

	steps_of(&steps, &r, &f);
	for (size_t i = 0; i < steps.n; i++)
		if (strstr(steps.list[i].text, words) || strstr(steps.list[i].command, words))
			return true;
	return steps.n == 0 && !*words;
}

static void episodes_mean_what_they_mean(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_EXPECTED; i++) {
		open_episode(expected[i].name);
		if (f.outcome != expected[i].outcome || f.grade != expected[i].grade)
			fail_msg("%s: %s, %s", expected[i].name, outcome_name(f.outcome),
				 grade_name(f.grade));
		assert_int_equal(f.numbers.overlaps, expected[i].overlaps);
		assert_int_equal(f.numbers.refused, expected[i].refused);
		assert_int_equal(f.numbers.ejected, expected[i].ejected);
		if (!strstr(f.meaning, expected[i].meaning))
			fail_msg("%s: no '%s' in '%s'", expected[i].name, expected[i].meaning,
				 f.meaning);
		if (!is_advised(expected[i].next))
			fail_msg("%s: '%s' is not advised", expected[i].name, expected[i].next);
	}
}

/* Every file of the folder is one of the above. */
static void no_episode_is_forgotten(void **state)
{
	struct paths files;

	(void)state;
	assert_int_equal(paths_of_episodes(&files, DATA), 0);
	assert_int_equal(files.n, N_EXPECTED);
	paths_free(&files);
}

static const struct sender *find_sender(int64_t tid)
{
	for (size_t i = 0; i < f.senders.n; i++)
		if (f.senders.list[i].task.tid == tid)
			return &f.senders.list[i];
	fail_msg("no sender %lld", (long long)tid);
	return NULL;
}

static void senders_are_summed_up(void **state)
{
	(void)state;
	open_episode("live-stop");
	assert_int_equal(f.senders.n, 2);
	assert_int_equal(find_sender(812)->sends, 30);
	assert_int_equal(find_sender(812)->longest_ns, 388600);
	assert_int_equal(find_sender(655)->refused, 6);
	assert_int_equal(since_request(&f.numbers, find_sender(655)->last_ns), 26300000);
	assert_int_equal(f.numbers.inside_at_gate, 1);
	open_episode("unsafe-overlap");
	/* The send and the event that tells of it are one; who had left in time has none. */
	assert_int_equal(find_sender(3007)->overlaps, 1);
	assert_int_equal(find_sender(2990)->overlaps, 0);
	assert_ptr_equal(find_sender(3007), &f.senders.list[0]);
}

/* Without an end a send may have been missed on its way out: that alone is no overlap. */
static void a_missed_exit_is_no_overlap(void **state)
{
	static const char inside[] = HEAD
		"{\"record\":\"send\",\"start_ns\":10,\"pid\":5,\"tid\":5,\"comm\":\"a\"}\n"
		"{\"record\":\"event\",\"t_ns\":20,\"event\":\"virtqueue_deleted\",\"senders\":0}\n"
		"{\"record\":\"end\",\"t_ns\":30,\"result\":\"stopped\"}\n";

	(void)state;
	assert_int_equal(parse(inside, strlen(inside), 0), 0);
	assert_int_equal(f.numbers.overlaps, 0);
	assert_int_equal(f.outcome, OUTCOME_SAFE);
	/* The same lines without the end: nobody lived to see it come out. */
	assert_int_equal(parse(inside, (size_t)(strstr(inside, "{\"record\":\"end\"") - inside), 0),
			 0);
	assert_int_equal(f.numbers.overlaps, 1);
	assert_int_equal(f.outcome, OUTCOME_CUT_OFF);
}

/* The teardown lasts from 100 to 200. */
static void who_overlaps(void **state)
{
	static const struct {
		uint64_t start, end;
		enum timeline_send result;
		bool overlaps;
	} sends[] = {
		{ 50, 99, TL_RETURNED, false }, { 50, 150, TL_RETURNED, true },
		{ 50, 300, TL_RETURNED, true }, { 150, 160, TL_RETURNED, true },
		{ 150, 300, TL_UNKNOWN, true }, { 201, 300, TL_RETURNED, false },
		{ 50, 150, TL_REFUSED, false }, { 150, 160, TL_DROPPED, false },
		{ 50, 150, TL_LEFT, true },
	};
	const struct teardown t = { .seen = true, .first_ns = 100, .last_ns = 200 };

	(void)state;
	for (size_t i = 0; i < sizeof(sends) / sizeof(sends[0]); i++) {
		const struct recorded_send s = { .start_ns = sends[i].start,
						 .end_ns = sends[i].end,
						 .ended = true,
						 .result = sends[i].result };

		if (send_overlaps(&r, &t, &s) != sends[i].overlaps)
			fail_msg("%zu", i);
	}
}

/* Written while it was inside, and again when it came out. */
static void a_send_is_counted_once(void **state)
{
	static const char text[] = HEAD
		"{\"record\":\"send\",\"start_ns\":10,\"pid\":5,\"tid\":5,\"result\":\"unknown\"}\n"
		"{\"record\":\"send\",\"start_ns\":10,\"pid\":6,\"tid\":6,\"result\":\"unknown\"}\n"
		"{\"record\":\"send\",\"start_ns\":10,\"end_ns\":40,\"pid\":5,\"tid\":5,"
		"\"result\":\"ejected\"}\n";

	(void)state;
	assert_int_equal(parse(text, strlen(text), 0), 0);
	assert_int_equal(r.n_sends, 2);
	assert_int_equal(find_sender(5)->ejected, 1);
	assert_false(find_sender(5)->inside);
	assert_true(find_sender(6)->inside);
}

/* Persistent memory has no sends that ended: who was inside has left when all had. */
static void who_was_drained_is_out(void **state)
{
	static const char text[] = HEAD
		"{\"record\":\"event\",\"t_ns\":5,\"event\":\"requested\"}\n"
		"{\"record\":\"send\",\"start_ns\":10,\"pid\":5,\"tid\":5,\"comm\":\"a\"}\n"
		"{\"record\":\"event\",\"t_ns\":20,\"event\":\"drained\"}\n"
		"{\"record\":\"send\",\"start_ns\":25,\"pid\":6,\"tid\":6,\"comm\":\"b\"}\n"
		"{\"record\":\"event\",\"t_ns\":30,\"event\":\"virtqueue_deleted\"}\n";

	(void)state;
	assert_int_equal(parse(text, strlen(text), 0), 0);
	assert_int_equal(f.outcome, OUTCOME_CUT_OFF);
	assert_int_equal(f.numbers.overlaps, 1);
	assert_non_null(strstr(f.meaning, "Inside a send at that time: b (pid 6)."));
	assert_int_equal(send_end(&r, &f.numbers, &r.sends[0]), 20);
	assert_int_equal(send_end(&r, &f.numbers, &r.sends[1]), 30);
}

/* What is advised follows from the cause; one of a later version is kept and decides nothing. */
static void the_cause_is_believed(void **state)
{
	static const struct {
		const char *result, *cause, *reason, *next;
	} ends[] = {
		{ "failed", "stop_failed", "x", "Ask for the stop again" },
		{ "not carried out", "powered", "x", "each start needs a stop" },
		{ "not carried out", "kernel_refused", "x", "why the kernel refused it" },
		{ "not carried out", "", "powered", "what the caller does" },
		{ "refused", "tty_open", "x", "close the tty" },
		{ "refused", "sender_inside", "to be closed by", "ejects blocked senders" },
		{ "refused", "receiver_inside", "x", "while it gets a message" },
		{ "refused", "keepout", "inside", "what the service and the kernel logged" },
		{ "refused", "thought_of_later", "inside", "Ask for the stop again" },
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(text, sizeof(text),
			 HEAD "{\"record\":\"end\",\"t_ns\":30,\"result\":\"%s\","
			      "\"reason\":\"%s\",\"cause\":\"%s\"}\n",
			 ends[i].result, ends[i].reason, ends[i].cause);
		assert_int_equal(parse(text, strlen(text), 0), 0);
		if (!is_advised(ends[i].next))
			fail_msg("%s, %s: no '%s'", ends[i].result, ends[i].cause, ends[i].next);
		assert_string_equal(r.end.cause_name, ends[i].cause);
	}
}

/* A record without an end is no sign of a death while its service lives. */
static void who_lives_has_not_died(void **state)
{
	char *text;

	(void)state;
	open_episode("cut-off-in-hold");
	r.going_on = true;
	findings_free(&f);
	assert_int_equal(findings_of(&f, &r), 0);
	assert_int_equal(f.outcome, OUTCOME_GOING_ON);
	for (enum form form = TEXT; form <= HTML; form++) {
		text = render(form);
		assert_null(strstr(text, "died"));
		free(text);
	}
}

/* Without a request an episode begins where the kernel began, not where the service noticed. */
static void what_times_are_relative_to(void **state)
{
	static const char text[] =
		"{\"record\":\"episode\",\"version\":1,\"id\":\"a\",\"rproc\":\"b\",\"started_ns\":50}\n"
		"{\"record\":\"event\",\"t_ns\":60,\"event\":\"note\"}\n"
		"{\"record\":\"event\",\"t_ns\":20,\"event\":\"shutdown\"}\n"
		"{\"record\":\"event\",\"t_ns\":30,\"event\":\"requested\"}\n";
	const char *last = strstr(text, "{\"record\":\"event\",\"t_ns\":30");
	const char *middle = strstr(text, "{\"record\":\"event\",\"t_ns\":20");

	(void)state;
	assert_int_equal(parse(text, strlen(text), 0), 0);
	assert_int_equal(f.numbers.zero_ns, 30);
	assert_int_equal(f.numbers.first_ns, 20);
	assert_int_equal(parse(text, (size_t)(last - text), 0), 0);
	assert_int_equal(f.numbers.zero_ns, 20);
	assert_int_equal(parse(text, (size_t)(middle - text), 0), 0);
	assert_int_equal(f.numbers.zero_ns, 50);
}

static void what_is_not_known_is_not_claimed(void **state)
{
	(void)state;
	open_episode("incomplete");
	assert_string_equal(f.headline, "Stopped safely, as far as recorded");
	open_episode("live-stop");
	assert_string_equal(f.headline, "Stopped safely");
}

static void the_gate_is_closed_when_it_refuses(void **state)
{
	static const char text[] = HEAD
		"{\"record\":\"event\",\"t_ns\":7,\"event\":\"send_refused\"}\n"
		"{\"record\":\"event\",\"t_ns\":9,\"event\":\"gate_closed\"}\n";

	(void)state;
	assert_int_equal(parse(text, strlen(text), 0), 0);
	assert_int_equal(f.numbers.gate_closed.t_ns, 7);
}

/* An overlap that only the counter of the end knows of is one. */
static void the_counter_is_believed(void **state)
{
	static const char text[] = HEAD
		"{\"record\":\"end\",\"t_ns\":30,\"result\":\"stopped\",\"unsafe_overlaps\":2}\n";

	(void)state;
	assert_int_equal(parse(text, strlen(text), 0), 0);
	assert_int_equal(f.outcome, OUTCOME_UNSAFE);
	assert_int_equal(f.grade, GRADE_BAD);
}

static void a_later_version_adds(void **state)
{
	static const char text[] = HEAD
		"{\"record\":\"weather\",\"is\":[{\"a\":{\"b\":1}}]}\n"
		"{\"record\":\"event\",\"t_ns\":5,\"event\":\"thought_of_later\",\"mood\":\"good\"}\n"
		"{\"record\":\"end\",\"t_ns\":30,\"result\":\"frozen\",\"reason\":\"cold\"}\n";

	(void)state;
	assert_int_equal(parse(text, strlen(text), 0), 0);
	assert_int_equal(r.n_events, 1);
	assert_int_equal(r.events[0].kind, TL_EVENTS);
	assert_string_equal(r.events[0].name, "thought_of_later");
	assert_int_equal(f.outcome, OUTCOME_OTHER);
	assert_non_null(strstr(f.meaning, "frozen"));
}

static void order_is_that_of_the_times(void **state)
{
	static const char text[] = HEAD
		"{\"record\":\"event\",\"t_ns\":9,\"event\":\"held\"}\n"
		"{\"record\":\"event\",\"t_ns\":5,\"event\":\"requested\"}\n"
		"{\"record\":\"event\",\"t_ns\":9,\"event\":\"gate_closed\"}\n";

	(void)state;
	assert_int_equal(parse(text, strlen(text), 0), 0);
	assert_string_equal(r.events[0].name, "requested");
	assert_string_equal(r.events[1].name, "held");
	assert_string_equal(r.events[2].name, "gate_closed");
	assert_int_equal(f.numbers.zero_ns, 5);
}

/* ---- what is no episode ---- */

static void what_is_wrong_is_said(void **state)
{
	static const struct {
		const char *text, *message;
	} inputs[] = {
		{ "", "empty" },
		{ "\n\n", "empty" },
		{ "hello\n", "line 1: not a JSON object" },
		{ "[]\n", "line 1: not a JSON object" },
		{ "{\"record\":\"event\",\"t_ns\":1,\"event\":\"held\"}\n",
		  "line 1: this is not an episode" },
		{ "{\"record\":\"episode\"}\n", "line 1: \"version\" is missing" },
		{ "{\"record\":\"episode\",\"version\":2,\"id\":\"a\",\"rproc\":\"b\"}\n",
		  "line 1: version 2 of the format; this program reads version 1" },
		{ "{\"record\":\"episode\",\"version\":1,\"rproc\":\"b\"}\n",
		  "line 1: \"id\" is missing" },
		{ HEAD HEAD, "line 2: a second episode" },
		{ HEAD "{\"record\":\"event\",\"event\":\"held\"}\n",
		  "line 2: \"t_ns\" is missing" },
		{ HEAD "{\"record\":\"event\",\"t_ns\":-4,\"event\":\"held\"}\n",
		  "line 2: \"t_ns\" is missing or is not a time" },
		{ HEAD "{\"record\":\"event\",\"t_ns\":1e300,\"event\":\"held\"}\n",
		  "line 2: \"t_ns\" is missing or is not a time" },
		{ HEAD "{\"record\":\"event\",\"t_ns\":18446744073709551615,\"event\":\"held\"}\n",
		  "line 2: \"t_ns\" is missing or is not a time" },
		{ HEAD "{\"record\":\"send\",\"start_ns\":5,\"end_ns\":4}\n",
		  "line 2: a send ends before it starts" },
		{ HEAD "{\"record\":7}\n", "line 2: \"record\" is missing" },
		{ HEAD "{\"record\":\"ev\n{}\n", "line 2: the JSON object is cut off" },
		{ HEAD "{\"record\":\"end\",\"t_ns\":1,\"result\":\"a\"}\n"
		       "{\"record\":\"end\",\"t_ns\":1,\"result\":\"a\"}\n",
		  "line 3: a second end" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
		const int err = parse(inputs[i].text, strlen(inputs[i].text), 0);

		if (err != -EINVAL || !strstr(why, inputs[i].message))
			fail_msg("'%s': %d '%s', not '%s'", inputs[i].text, err, why,
				 inputs[i].message);
	}
}

static char *repeat(const char *pattern, size_t len)
{
	char *bytes = malloc(len + 1);

	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = pattern[i % strlen(pattern)];
	bytes[len] = '\0';
	return bytes;
}

static void too_large_too_long_too_deep(void **state)
{
	char *bytes;

	(void)state;
	bytes = calloc(1, 100u << 20);
	assert_non_null(bytes);
	memcpy(bytes, HEAD, strlen(HEAD));
	assert_int_equal(parse(bytes, 100u << 20, 0), -EINVAL);
	assert_string_equal(why, "larger than 64 MiB");
	memset(bytes, 'a', 60u << 20);
	assert_int_equal(parse(bytes, 60u << 20, 0), -EINVAL);
	assert_string_equal(why, "line 1: longer than 64 KiB");
	free(bytes);
	bytes = repeat("[", 60000);
	assert_int_equal(parse(bytes, 60000, 0), -EINVAL);
	assert_non_null(strstr(why, "line 1: not a JSON object: nesting too deep"));
	free(bytes);
}

static void bytes_of_any_kind(void **state)
{
	static char bytes[65536];
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = (char)(seed >> 24);
	}
	assert_int_equal(parse(bytes, sizeof(bytes), 0), -EINVAL);
	assert_non_null(strstr(why, "line 1: not a JSON object"));
	memset(bytes, 0, sizeof(bytes));
	assert_int_equal(parse(bytes, sizeof(bytes), 0), -EINVAL);
	assert_string_equal(why, "empty");
}

/* A hundred thousand sends are read and drawn in time in proportion to their number. */
static void many_sends_take_no_more_than_time(void **state)
{
	static const char line[] = "{\"record\":\"send\",\"start_ns\":5,\"end_ns\":6,\"pid\":1,"
				   "\"tid\":1,\"result\":\"returned\"}\n";
	const size_t head = strlen(HEAD), n = 100000;
	char *bytes = repeat(line, head + n * strlen(line));
	char *text;

	(void)state;
	memmove(bytes + head, bytes, n * strlen(line));
	memcpy(bytes, HEAD, head);
	alarm(60);
	assert_int_equal(parse(bytes, head + n * strlen(line), 0), 0);
	assert_int_equal(r.n_sends, n);
	text = render(HTML);
	assert_true(strlen(text) < 100000);
	free(text);
	free(bytes);
	alarm(0);
}

/* Wherever the machine died, what was written can be read. */
static void cut_anywhere(void **state)
{
	size_t len, head;
	char *bytes;

	(void)state;
	assert_int_equal(load_bytes(DATA "live-stop" EPISODE_SUFFIX, &bytes, &len), 0);
	head = (size_t)(strchr(bytes, '\n') - bytes);
	assert_int_equal(parse(bytes, head - 1, 0), -EINVAL);
	assert_string_equal(why, "line 1: the JSON object is cut off");
	for (size_t cut = head; cut < len - 1; cut += 41) {
		assert_int_equal(parse(bytes, cut, 0), 0);
		assert_int_equal(f.outcome, OUTCOME_CUT_OFF);
		free(render(TEXT));
	}
	free(bytes);
}

/* Blocks that the file system had given to the file and never wrote. */
static void zeros_at_the_end(void **state)
{
	static const char text[] = HEAD
		"{\"record\":\"event\",\"t_ns\":1,\"event\":\"held\"}\n{\"rec\0\0\0\0";

	(void)state;
	assert_int_equal(parse(text, sizeof(text), 0), 0);
	assert_true(r.cut_line);
	assert_int_equal(r.n_events, 1);
}

/* ---- persistent memory ---- */

static void the_last_episode_of_the_boot_that_died(void **state)
{
	char id[PSTORE_ID_MAX], *bytes, *lines;
	struct paths files;
	size_t len, lines_len;

	(void)state;
	assert_int_equal(paths_of_pstore(&files, DATA "pstore"), 0);
	assert_int_equal(files.n, 1);
	assert_int_equal(load_bytes(files.list[0], &bytes, &len), 0);
	assert_true(pstore_last_id(bytes, len, id));
	assert_string_equal(id, "20261123T180107Z-remoteproc0-1");
	lines = pstore_lines(bytes, len, id, &lines_len);
	assert_int_equal(parse(lines, lines_len, RECORDING_SALVAGE), 0);
	assert_false(r.headless);
	assert_int_equal(f.outcome, OUTCOME_CUT_OFF);
	assert_int_equal(r.n_sends, 6);
	assert_int_equal(r.n_garbled, 0);
	free(lines);
	/* The one before has lost its first line to the ring. */
	lines = pstore_lines(bytes, len, "20261123T180000Z-remoteproc0-1", &lines_len);
	assert_int_equal(parse(lines, lines_len, RECORDING_SALVAGE), 0);
	assert_true(r.headless);
	assert_int_equal(recording_name(&r, "20261123T180000Z-remoteproc0-1"), 0);
	assert_string_equal(r.rproc, "remoteproc0");
	assert_string_equal(r.end.result, "stopped");
	assert_int_equal(f.grade, GRADE_ATTENTION);
	free(lines);
	free(bytes);
	paths_free(&files);
}

static void what_others_write_to_pmsg(void **state)
{
	static const char nothing[] = "rpmsg-guard is great\nrpmsg-guard  {}\nrpmsg-guard a/b {}\n"
				      "rpmsg-guard x\nrpmsg-guard ";
	static const char mixed[] = "tail of another linerpmsg-guard A {\"record\":\"x\"}\n"
				    "\x01\x02rpmsg-guard B {\"record\":\"y\"}\n"
				    "rpmsg-guard A {\"record\":\"z\"}\nrpmsg-guard A {\"rec";
	char id[PSTORE_ID_MAX], *lines;
	size_t len;

	(void)state;
	assert_false(pstore_last_id(nothing, strlen(nothing), id));
	assert_true(pstore_last_id(mixed, strlen(mixed), id));
	assert_string_equal(id, "A");
	lines = pstore_lines(mixed, strlen(mixed), id, &len);
	assert_int_equal(len, strlen("{\"record\":\"x\"}\n{\"record\":\"z\"}\n{\"rec"));
	assert_memory_equal(lines, "{\"record\":\"x\"}\n{\"record\":\"z\"}\n{\"rec", len);
	free(lines);
}

/* ---- small things ---- */

static void durations_have_their_unit(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} durations[] = { { 0, "0 ns" },
			  { 480, "480 ns" },
			  { 48100, "48.1 us" },
			  { 2210000, "2.21 ms" },
			  { 999000000, "999 ms" },
			  { 1000000000, "1.00 s" },
			  { 14340000000, "14.3 s" } };
	char buf[DURATION_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++)
		assert_string_equal(duration_text(buf, durations[i].ns, "u"), durations[i].text);
}

static void strings_are_cleaned(void **state)
{
	static const struct {
		const char *in, *out;
	} strings[] = {
		{ "plain", "plain" },
		{ "\x1b[2J", "\\x1b[2J" },
		{ "caf\xc3\xa9", "caf\xc3\xa9" },
		{ "\xc2\x9b", "\\xc2\\x9b" },
		{ "\xff\xc3", "\\xff\\xc3" },
		{ "\xc0\xaf", "\\xc0\\xaf" },
		{ "a\xe2\x80\xae"
		  "b",
		  "a\\xe2\\x80\\xaeb" },
	};
	struct pool pool = { 0 };
	char *many = repeat("\x1b", 5000);

	(void)state;
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		assert_string_equal(pool_clean(&pool, strings[i].in, strlen(strings[i].in)),
				    strings[i].out);
	assert_string_equal(pool_clean(&pool, "a\0b", 3), "a\\x00b");
	assert_true(strlen(pool_clean(&pool, many, 5000)) <= POOL_STRING_MAX);
	assert_ptr_equal(pool_clean(&pool, "same", 4), pool_clean(&pool, "same", 4));
	free(many);
	pool_free(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(episodes_mean_what_they_mean),
		cmocka_unit_test(no_episode_is_forgotten),
		cmocka_unit_test(senders_are_summed_up),
		cmocka_unit_test(a_missed_exit_is_no_overlap),
		cmocka_unit_test(a_send_is_counted_once),
		cmocka_unit_test(who_was_drained_is_out),
		cmocka_unit_test(who_overlaps),
		cmocka_unit_test(the_cause_is_believed),
		cmocka_unit_test(who_lives_has_not_died),
		cmocka_unit_test(what_times_are_relative_to),
		cmocka_unit_test(what_is_not_known_is_not_claimed),
		cmocka_unit_test(the_gate_is_closed_when_it_refuses),
		cmocka_unit_test(the_counter_is_believed),
		cmocka_unit_test(a_later_version_adds),
		cmocka_unit_test(order_is_that_of_the_times),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(too_large_too_long_too_deep),
		cmocka_unit_test(bytes_of_any_kind),
		cmocka_unit_test(many_sends_take_no_more_than_time),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(zeros_at_the_end),
		cmocka_unit_test(the_last_episode_of_the_boot_that_died),
		cmocka_unit_test(what_others_write_to_pmsg),
		cmocka_unit_test(durations_have_their_unit),
		cmocka_unit_test(strings_are_cleaned),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
