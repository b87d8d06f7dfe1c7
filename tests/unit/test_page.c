// SPDX-License-Identifier: GPL-2.0-only
/* The HTML page of an episode: what it shows first, what its drawing names, and what it says to do. */
#include "pages.h"
#include "timeline/steps.h"

static void assert_flag(const char *html, const char *name)
{
	char text[64];

	snprintf(text, sizeof(text), "</title>%s</text>", name);
	assert_true(place_of(html, text) < place_of(html, "</svg>\n<ul"));
}

static void phases_have_names(void **state)
{
	static const char *const names[] = { "gate closed", "tty hung up", "drained", "released",
					     "torn down" };
	char *html;

	(void)state;
	open_episode("live-stop");
	html = render(HTML);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_flag(html, names[i]);
	assert_int_equal(count(html, "class=\"flag"), 5);
	free(html);
	open_episode("crash-recovery");
	html = render(HTML);
	assert_flag(html, "up again");
	free(html);
	open_episode("cut-off");
	html = render(HTML);
	assert_flag(html, "record ends");
	free(html);
}

/* Only small events have numbers, the same in the drawing and in the table. */
static void small_events_have_numbers(void **state)
{
	char *html;

	(void)state;
	open_episode("live-stop");
	html = render(HTML);
	assert_int_equal(count(html, "<circle"), 8);
	assert_int_equal(count(html, "<span class=\"no\">"), 8);
	assert_non_null(strstr(html, "send refused</td>"));
	assert_true(place_of(html, "<span class=\"no\">1</span>") <
		    place_of(html, "send refused</td>"));
	free(html);
}

static void the_culprit_comes_first(void **state)
{
	char *html;

	(void)state;
	open_episode("refused-open-descriptor");
	html = render(HTML);
	place_of(html,
		 "<h1>Refused: datalogger (pid 1501) kept /dev/ttyRPMSG30 open for 5.00 s</h1>");
	place_of(html, "<code>kill 1501</code>");
	place_of(html, "<code>rpmsg-guard stop remoteproc0</code>");
	assert_flag(html, "refused");
	assert_int_equal(count(html, "<rect class=\"kepton\""), 1);
	assert_true(place_of(html, ">datalogger (pid 1501) did not close</text>") <
		    place_of(html, "</svg>"));
	assert_true(place_of(html, ">/dev/ttyRPMSG30 for 5.00 s</text>") <
		    place_of(html, "</svg>"));
	free(html);
	/* One that closes in time is no culprit. */
	open_episode("live-stop");
	html = render(HTML);
	assert_int_equal(count(html, "<rect class=\"kepton\""), 0);
	assert_int_equal(count(html, "<rect class=\"kept\""), 1);
	assert_int_equal(f.keepers.n_open, 0);
	free(html);
	/* A file that does not say which program. */
	open_episode("hostile-names");
	assert_int_equal(f.keepers.n, 0);
	html = render(HTML);
	assert_int_equal(count(html, "<rect class=\"kepton\""), 1);
	free(html);
}

static void a_sender_inside_is_named(void **state)
{
	static const char text[] = HEAD
		"{\"record\":\"event\",\"t_ns\":10000,\"event\":\"requested\"}\n"
		"{\"record\":\"event\",\"t_ns\":20000,\"event\":\"gate_closed\"}\n"
		"{\"record\":\"send\",\"start_ns\":9000,\"pid\":7,\"tid\":7,\"comm\":\"pump\","
		"\"function\":\"rpmsg_send\",\"result\":\"unknown\"}\n"
		"{\"record\":\"end\",\"t_ns\":20000000000,\"result\":\"refused\",\"reason\":\"x\","
		"\"cause\":\"sender_inside\"}\n";
	char *html;

	(void)state;
	assert_int_equal(parse(text, strlen(text), 0), 0);
	html = render(HTML);
	place_of(html, "<h1>Refused: pump (pid 7) did not leave a send</h1>");
	place_of(html, ">pump (pid 7) was still inside</text>");
	assert_int_equal(count(html, "<rect class=\"kepton\""), 1);
	free(html);
}

static void many_culprits_are_folded(void **state)
{
	char *html;

	(void)state;
	open_made(&extremes[4]);
	html = render(HTML);
	place_of(html, "<h1>Refused: 40 programs kept devices open</h1>");
	place_of(html, "and 38 more");
	assert_int_equal(count(html, "<rect class=\"kepton\""), 6);
	place_of(html, "34 more programs are in the table below");
	place_of(html, ">91 others</text>");
	place_of(html, "91 senders share the last lane");
	free(html);
}

/* Verdict, what to do, drawing, numbers. */
static void the_order_is_that_of_a_reader(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ALL; i++) {
		const char *name = open_any(i), *drawing;
		char *html = render(HTML);

		drawing = place_of(html, "<svg");
		assert_true(place_of(html, "<h1>") < drawing);
		assert_true(drawing < place_of(html, "class=\"tiles\""));
		if (f.grade != GRADE_GOOD && place_of(html, "What to do next") > drawing)
			fail_msg("%s: what to do next is below the drawing", name);
		assert_int_equal(count(html, "<dd>0</dd>"), 0);
		free(html);
	}
}

/* The class of the rectangle at @c, "" for another one than those that stand for something. */
static void class_at(const char *c, char *class, size_t len)
{
	c += strlen("<rect class=\"");
	snprintf(class, len, "%.*s", (int)strcspn(c, "\" "), c);
}

static void check_legend(const char *name, const char *figure)
{
	const char *legend = place_of(figure, "class=\"legend\"");
	const char *end = place_of(legend, "</ul>");
	char class[32], key[64];

	for (const char *c = strstr(figure, "<rect class="); c && c < end;
	     c = strstr(c + 1, "<rect class=")) {
		const char *found;

		class_at(c, class, sizeof(class));
		snprintf(key, sizeof(key),
			 c < legend ? "<rect class=\"%s key\"" : "<rect class=\"%s\"", class);
		found = strstr(c < legend ? legend : figure, key);
		if (!found || found > (c < legend ? end : legend))
			fail_msg("%s: '%s' is only in the %s", name, class,
				 c < legend ? "drawing" : "legend");
	}
}

static void the_legend_has_what_occurs(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ALL; i++) {
		const char *name = open_any(i);
		char *html = render(HTML);

		for (const char *c = strstr(html, "<figure>"); c; c = strstr(c + 1, "<figure>"))
			check_legend(name, c);
		free(html);
	}
}

/* ---- what to do ---- */

/* Nothing that others have chosen means something to a shell. */
static void commands_are_harmless(void **state)
{
	static const char head[] =
		"{\"record\":\"episode\",\"version\":1,\"id\":\"i\",\"rproc\":\"r;reboot\","
		"\"boot_id\":\"$(reboot)\",\"action\":\"stop\"}\n"
		"{\"record\":\"event\",\"t_ns\":1,\"event\":\"still_open\",\"pid\":7,\"comm\":\"`x`\","
		"\"device\":\"/dev/a;b\"}\n";
	static const char *const causes[] = { "tty_open",      "device_open", "descriptor_hidden",
					      "sender_inside", "gate",	      "powered",
					      "stop_failed" };
	static const char *const results[] = { "refused", "failed", "not carried out", "stopped" };

	(void)state;
	for (size_t i = 0; i < 7 * 4; i++) {
		struct steps steps;
		char text[1024];

		snprintf(text, sizeof(text),
			 "%s{\"record\":\"end\",\"t_ns\":9,\"result\":\"%s\",\"cause\":\"%s\"}\n",
			 head, results[i % 4], causes[i / 4]);
		assert_int_equal(parse(text, strlen(text), 0), 0);
		steps_of(&steps, &r, &f);
		for (size_t k = 0; k < steps.n; k++) {
			assert_null(strpbrk(steps.list[k].command, ";$`"));
			assert_non_null(steps.list[k].text);
		}
	}
}

static void there_is_something_to_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ALL; i++) {
		const char *name = open_any(i);
		struct steps steps;
		bool typed = false;

		steps_of(&steps, &r, &f);
		for (size_t k = 0; k < steps.n; k++)
			typed = typed || steps.list[k].command[0];
		if (f.grade != GRADE_GOOD && !typed)
			fail_msg("%s: there is nothing to type", name);
	}
}

/* ---- for readers that do not see it ---- */

static void readers_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ALL; i++) {
		const char *name = open_any(i);
		char *html = render(HTML);
		const size_t drawings = count(html, "<svg width=\"100%\"");

		place_of(html, "<html lang=\"en\">");
		assert_int_equal(count(html, "role=\"img\""), drawings);
		assert_int_equal(count(html, "<desc>"), drawings);
		assert_int_equal(count(html, "<h1>"), 1);
		assert_int_equal(count(html, "<h3"), 0);
		if (count(html, "<th") - count(html, "<thead") != count(html, "<th scope="))
			fail_msg("%s: a head of a table does not say of what", name);
		free(html);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phases_have_names),
		cmocka_unit_test(small_events_have_numbers),
		cmocka_unit_test(the_culprit_comes_first),
		cmocka_unit_test(a_sender_inside_is_named),
		cmocka_unit_test(many_culprits_are_folded),
		cmocka_unit_test(the_order_is_that_of_a_reader),
		cmocka_unit_test(the_legend_has_what_occurs),
		cmocka_unit_test(commands_are_harmless),
		cmocka_unit_test(there_is_something_to_do),
		cmocka_unit_test(readers_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
