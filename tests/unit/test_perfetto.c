// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trace that report --perfetto writes keeps to the Trace Event Format, and a viewer can draw all of it: what
 * overlaps on one track is dropped there, with only a count of it.
 */
#include "episodes.h"
#include "timeline/lanes.h"

static void check_args(struct json_object *e, const char *key)
{
	struct json_object *args;

	assert_true(json_object_object_get_ex(e, "args", &args));
	assert_true(json_object_is_type(args, json_type_object));
	if (key)
		assert_true(has(args, key));
}

/*
 * The rules of the format for the phases that are used: metadata names something, a complete event
 * has a duration, an instant a scope, a counter only numbers; all but metadata have a time. No other phase
 * is used, so nothing begins that would have to end.
 */
static void check_trace_event(struct json_object *e)
{
	const char *ph = text_in(e, "ph");

	assert_true(text_in(e, "name")[0]);
	number_in(e, "pid");
	number_in(e, "tid");
	if (strcmp(ph, "M") == 0) {
		assert_true(strcmp(text_in(e, "name"), "process_name") == 0 ||
			    strcmp(text_in(e, "name"), "thread_name") == 0);
		check_args(e, "name");
		return;
	}
	assert_true(number_in(e, "ts") >= 0);
	if (strcmp(ph, "X") == 0) {
		assert_true(number_in(e, "dur") >= 0);
	} else if (strcmp(ph, "i") == 0) {
		assert_string_equal(text_in(e, "s"), "t");
	} else {
		assert_string_equal(ph, "C");
		check_args(e, "senders");
	}
}

static size_t count_phase(struct json_object *events, const char *ph)
{
	size_t n = 0;

	for (size_t i = 0; i < json_object_array_length(events); i++)
		n += strcmp(text_in(json_object_array_get_idx(events, i), "ph"), ph) == 0;
	return n;
}

/* ---- tracks ---- */

struct span {
	int64_t pid, tid;
	uint64_t from_ns, to_ns;
	size_t place; /* in the file */
};

/* The text of the number, "123456.789": a double does not hold the nanoseconds of a long time. */
static uint64_t ns_in(struct json_object *e, const char *key)
{
	struct json_object *value;
	unsigned long long us, ns;

	assert_true(json_object_object_get_ex(e, key, &value));
	assert_int_equal(sscanf(json_object_get_string(value), "%llu.%3llu", &us, &ns), 2);
	return us * 1000 + ns;
}

static int compare_spans(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if (x->tid != y->tid)
		return x->tid < y->tid ? -1 : 1;
	if (x->from_ns != y->from_ns)
		return x->from_ns < y->from_ns ? -1 : 1;
	/* A viewer sorts by time, and leaves in the order of the file what begins together. */
	return x->place < y->place ? -1 : 1;
}

static size_t list_spans(struct json_object *events, struct span *spans)
{
	size_t n = 0;

	for (size_t i = 0; i < json_object_array_length(events); i++) {
		struct json_object *e = json_object_array_get_idx(events, i);

		if (strcmp(text_in(e, "ph"), "X") != 0)
			continue;
		spans[n] = (struct span){ .pid = (int64_t)number_in(e, "pid"),
					  .tid = (int64_t)number_in(e, "tid"),
					  .from_ns = ns_in(e, "ts"),
					  .place = i };
		spans[n].to_ns = spans[n].from_ns + ns_in(e, "dur");
		assert_true(spans[n].to_ns >= spans[n].from_ns);
		n++;
	}
	qsort(spans, n, sizeof(*spans), compare_spans);
	return n;
}

/* How many spans of a track begin in another one and end behind it. */
static size_t count_overlaps(struct json_object *events)
{
	struct span *spans = calloc(json_object_array_length(events) + 1, sizeof(*spans));
	const struct span **open = calloc(json_object_array_length(events) + 1, sizeof(*open));
	size_t n = list_spans(events, spans), depth = 0, overlaps = 0;

	for (size_t i = 0; i < n; i++) {
		const struct span *s = &spans[i];

		if (i == 0 || s->pid != s[-1].pid || s->tid != s[-1].tid)
			depth = 0;
		while (depth > 0 && open[depth - 1]->to_ns <= s->from_ns)
			depth--;
		overlaps += depth > 0 && open[depth - 1]->to_ns < s->to_ns;
		open[depth++] = s;
	}
	free(open);
	free(spans);
	return overlaps;
}

static size_t count_names(struct json_object *events, const char *what, double pid, double tid)
{
	size_t n = 0;

	for (size_t i = 0; i < json_object_array_length(events); i++) {
		struct json_object *m = json_object_array_get_idx(events, i);

		n += strcmp(text_in(m, "name"), what) == 0 && number_in(m, "pid") == pid &&
		     (tid < 0 || number_in(m, "tid") == tid);
	}
	return n;
}

struct track {
	double pid, tid;
};

/* Whether a track is among the @n that are known; it is from now on. */
static bool is_known(struct track *known, size_t *n, struct track track)
{
	for (size_t i = 0; i < *n; i++)
		if (known[i].pid == track.pid && known[i].tid == track.tid)
			return true;
	known[(*n)++] = track;
	return false;
}

/* Each track has one name and its process has a name, and a viewer does not hide it as process 0. */
static void check_tracks(struct json_object *events)
{
	struct track *known = calloc(json_object_array_length(events) + 1, sizeof(*known));
	size_t n = 0;

	for (size_t i = 0; i < json_object_array_length(events); i++) {
		struct json_object *e = json_object_array_get_idx(events, i);
		const char *ph = text_in(e, "ph");
		struct track track;

		if (strcmp(ph, "X") != 0 && strcmp(ph, "i") != 0)
			continue;
		track = (struct track){ number_in(e, "pid"), number_in(e, "tid") };
		if (is_known(known, &n, track))
			continue;
		assert_true(track.pid > 0 && track.tid > 0);
		assert_int_equal(count_names(events, "thread_name", track.pid, track.tid), 1);
		assert_true(count_names(events, "process_name", track.pid, -1) > 0);
	}
	free(known);
}

static struct json_object *trace(struct json_object **events)
{
	char *text = render(PERFETTO);
	struct json_object *o = json_tokener_parse(text);

	free(text);
	assert_non_null(o);
	assert_true(json_object_object_get_ex(o, "traceEvents", events));
	return o;
}

static void it_keeps_to_the_format(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_EXPECTED; i++) {
		struct json_object *o, *events;

		open_episode(expected[i].name);
		o = trace(&events);
		for (size_t k = 0; k < json_object_array_length(events); k++)
			check_trace_event(json_object_array_get_idx(events, k));
		check_tracks(events);
		assert_int_equal(count_phase(events, "i"), r.n_events);
		assert_true(count_phase(events, "X") >= r.n_sends);
		assert_string_equal(text_in(o, "displayTimeUnit"), "ms");
		json_object_put(o);
	}
}

static void no_track_has_two_spans_at_a_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_EXPECTED; i++) {
		struct json_object *o, *events;
		size_t overlaps;

		open_episode(expected[i].name);
		o = trace(&events);
		overlaps = count_overlaps(events);
		if (overlaps)
			fail_msg("%s: %zu spans overlap", expected[i].name, overlaps);
		json_object_put(o);
	}
}

/* What the checker must find: the second begins in the first and ends behind it, the third is inside. */
static void the_checker_finds_an_overlap(void **state)
{
	static const char *const spans[] = {
		"{\"ph\":\"X\",\"pid\":1,\"tid\":1,\"ts\":1.000,\"dur\":5.000}",
		"{\"ph\":\"X\",\"pid\":1,\"tid\":1,\"ts\":2.000,\"dur\":4.001}",
		"{\"ph\":\"X\",\"pid\":1,\"tid\":1,\"ts\":2.000,\"dur\":4.000}",
		"{\"ph\":\"X\",\"pid\":1,\"tid\":1,\"ts\":6.000,\"dur\":1.000}",
		"{\"ph\":\"X\",\"pid\":1,\"tid\":2,\"ts\":2.000,\"dur\":9.000}",
	};
	static const size_t found[] = { 1, 0, 0, 0 };

	(void)state;
	for (size_t i = 1; i < sizeof(spans) / sizeof(spans[0]); i++) {
		struct json_object *events = json_object_new_array();

		json_object_array_add(events, json_tokener_parse(spans[0]));
		json_object_array_add(events, json_tokener_parse(spans[i]));
		assert_int_equal(count_overlaps(events), found[i - 1]);
		json_object_put(events);
	}
}

#define SEND(numbers, from, to)                                                                    \
	"{\"record\":\"send\",\"start_ns\":" #from ",\"end_ns\":" #to "," numbers                  \
	"\"comm\":\"swapper/0\",\"function\":\"rpmsg_trysend\",\"result\":\"returned\"}\n"
#define IDLE "\"pid\":0,\"tid\":0,"

/* The idle tasks of all CPUs are one task, and a task without a number is none; nor is one with a track's number. */
static void idle_tasks_and_unknown_ones_have_tracks(void **state)
{
	static const char text[] = HEAD SEND(IDLE, 1000, 9000) SEND(IDLE, 2000, 3000)
		SEND(IDLE, 2500, 9500) SEND(IDLE, 3000, 4000) SEND("", 1500, 8000)
			SEND("\"tid\":7,", 1600, 8100) SEND("\"pid\":0,\"tid\":7,", 1700, 8200)
				SEND("\"pid\":4194305,\"tid\":1,", 1800, 8300);
	struct json_object *o, *events;

	(void)state;
	assert_int_equal(parse(text, strlen(text), 0), 0);
	o = trace(&events);
	check_tracks(events);
	assert_int_equal(count_overlaps(events), 0);
	assert_int_equal(count_phase(events, "X"), 8);
	json_object_put(o);
}

/* More at a time than can be real are said all the same, as instants. */
static void sends_without_a_lane_are_instants(void **state)
{
	char text[65536];
	struct json_object *o, *events;
	size_t n = (size_t)snprintf(text, sizeof(text), "%s", HEAD);

	(void)state;
	for (int i = 0; i < 3 * LANES_MAX; i++)
		n += (size_t)snprintf(
			text + n, sizeof(text) - n,
			"{\"record\":\"send\",\"start_ns\":%d,\"end_ns\":9000,\"pid\":5,"
			"\"tid\":5,\"comm\":\"a\",\"function\":\"rpmsg_send\","
			"\"result\":\"returned\"}\n",
			1000 + i);
	assert_int_equal(parse(text, n, 0), 0);
	o = trace(&events);
	check_tracks(events);
	assert_int_equal(count_overlaps(events), 0);
	assert_int_equal(count_phase(events, "X"), LANES_MAX);
	assert_int_equal(count_phase(events, "i"), 2 * LANES_MAX);
	json_object_put(o);
}

/* In the end nobody is inside, and nobody was ever less than inside. */
static void the_counter_comes_back_to_zero(void **state)
{
	struct json_object *o, *events, *args, *last = NULL;
	double most = 0;

	(void)state;
	open_episode("hung-ejected");
	o = trace(&events);
	for (size_t i = 0; i < json_object_array_length(events); i++) {
		struct json_object *e = json_object_array_get_idx(events, i);

		if (strcmp(text_in(e, "ph"), "C") != 0)
			continue;
		json_object_object_get_ex(e, "args", &args);
		assert_true(number_in(args, "senders") >= 0);
		most = number_in(args, "senders") > most ? number_in(args, "senders") : most;
		last = args;
	}
	assert_true(most == 3);
	assert_true(number_in(last, "senders") == 0);
	json_object_put(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_keeps_to_the_format),
		cmocka_unit_test(no_track_has_two_spans_at_a_time),
		cmocka_unit_test(the_checker_finds_an_overlap),
		cmocka_unit_test(idle_tasks_and_unknown_ones_have_tracks),
		cmocka_unit_test(sends_without_a_lane_are_instants),
		cmocka_unit_test(the_counter_comes_back_to_zero),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
