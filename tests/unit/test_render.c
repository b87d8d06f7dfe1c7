// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every episode in tests/data/episodes comes out of every renderer in a form that its readers accept,
 * whatever others have called themselves.
 */
#include "episodes.h"

static void assert_clean(const char *text)
{
	for (const char *c = text; *c; c++)
		if (((unsigned char)*c < 0x20 && *c != '\n') || *c == 0x7f)
			fail_msg("byte 0x%02x in the output", (unsigned char)*c);
	/* The switch of the writing direction and a control character of two bytes. */
	assert_null(strstr(text, "\xe2\x80\xae"));
	assert_null(strstr(text, "\xc2\x9b"));
}

static void names_of_others_do_nothing(void **state)
{
	(void)state;
	open_episode("hostile-names");
	for (enum form form = TEXT; form <= PERFETTO; form++) {
		char *text = render(form);

		assert_clean(text);
		if (form == HTML) {
			assert_null(strstr(text, "<script"));
			assert_null(strstr(text, "<img"));
			assert_null(strstr(text, "<b>dsp"));
			assert_non_null(strstr(text, "&lt;/title&gt;&lt;script&gt;"));
			assert_non_null(strstr(text, "&lt;b&gt;dsp&lt;/b&gt; &amp; co"));
		}
		free(text);
	}
}

static void text_says_it_on_one_screen(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_EXPECTED; i++) {
		size_t lines = 0;
		char *text;

		open_episode(expected[i].name);
		text = render(TEXT);
		assert_clean(text);
		assert_non_null(strstr(text, f.headline));
		for (const char *c = text; *c; c++)
			lines += *c == '\n';
		assert_in_range(lines, 10, 60);
		free(text);
	}
}

static void colour_only_when_asked_for(void **state)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	open_episode("live-stop");
	render_text(out, &r, &f, true, true);
	fclose(out);
	assert_non_null(strstr(text, "\033[32m"));
	free(text);
}

/* ---- HTML ---- */

#define DEPTH_MAX 32

static bool is_void(const char *tag, size_t len)
{
	static const char *const tags[] = { "meta", "link", "!DOCTYPE" };

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (len == strlen(tags[i]) && memcmp(tag, tags[i], len) == 0)
			return true;
	return false;
}

/* Every element is closed where it should be. */
static void assert_nested(const char *html)
{
	const char *open[DEPTH_MAX];
	size_t lens[DEPTH_MAX], depth = 0;

	for (const char *c = strchr(html, '<'); c; c = strchr(c, '<')) {
		const bool closes = *++c == '/';
		const char *tag = c + closes;
		const size_t len = strcspn(tag, " />\n");
		const char *end = strchr(c, '>');

		assert_non_null(end);
		assert_true(len > 0);
		if (closes) {
			assert_true(depth > 0);
			depth--;
			if (lens[depth] != len || memcmp(open[depth], tag, len) != 0)
				fail_msg("</%.*s> closes <%.*s>", (int)len, tag, (int)lens[depth],
					 open[depth]);
		} else if (end[-1] != '/' && !is_void(tag, len)) {
			assert_true(depth < DEPTH_MAX);
			open[depth] = tag;
			lens[depth++] = len;
		}
		c = end;
	}
	assert_int_equal(depth, 0);
}

static void html_needs_nothing_but_itself(void **state)
{
	static const char *const forbidden[] = { "http:",   "https:", "src=",	"url(",	 "@import",
						 "<script", "\"nan",  "\"-nan", "\"inf", "\"-inf" };

	(void)state;
	for (size_t i = 0; i < N_EXPECTED; i++) {
		char *text;

		/* Names that contain what is looked for. */
		if (strcmp(expected[i].name, "hostile-names") == 0)
			continue;
		open_episode(expected[i].name);
		text = render(HTML);
		assert_clean(text);
		for (size_t k = 0; k < sizeof(forbidden) / sizeof(forbidden[0]); k++)
			if (strstr(text, forbidden[k]))
				fail_msg("%s: '%s'", expected[i].name, forbidden[k]);
		free(text);
	}
}

static void html_is_well_formed(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_EXPECTED; i++) {
		char *text;

		open_episode(expected[i].name);
		text = render(HTML);
		assert_nested(text);
		free(text);
	}
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

/* What is shown, once in detail and once to scale. */
static void the_drawing_shows_it(void **state)
{
	char *text;

	(void)state;
	open_episode("unsafe-overlap");
	text = render(HTML);
	assert_int_equal(count(text, "<figure>"), 2);
	assert_int_equal(count(text, "<rect class=\"unsafe\""), 2);
	assert_int_equal(count(text, "<rect class=\"gate\""), 2);
	assert_int_equal(count(text, "<rect class=\"torn\""), 2);
	assert_int_equal(count(text, "<rect class=\"held\""), 0);
	assert_int_equal(count(text, "<line class=\"pole bad\""), 0);
	free(text);
	open_episode("hung-ejected");
	text = render(HTML);
	assert_int_equal(count(text, "<rect class=\"ejected\""), 6);
	assert_int_equal(count(text, "<rect class=\"held\""), 2);
	/* In the detailed drawing the other events have names. */
	assert_int_equal(count(text, "<circle"), 11);
	free(text);
	open_episode("cut-off");
	text = render(HTML);
	assert_int_equal(count(text, "<line class=\"pole bad\""), 2);
	assert_int_equal(count(text, ">record ends</text>"), 1);
	free(text);
}

static void thousands_are_merged_and_that_is_said(void **state)
{
	char *text;

	(void)state;
	open_episode("many-sends");
	assert_int_equal(r.n_sends, 5000);
	text = render(HTML);
	assert_true(strlen(text) < 300000);
	assert_non_null(strstr(text, "5000 sends are drawn as "));
	assert_non_null(strstr(text, "9 senders share the last lane"));
	assert_non_null(strstr(text, ">9 others<"));
	free(text);
}

static void the_axis_keeps_the_order(void **state)
{
	static const uint64_t stops[] = { 5000000000, 0, 1000, 1050, 20000000, 4999999999 };
	struct axis a = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		assert_true(axis_add_stop(&a, stops[i]));
	axis_stretch(&a, 18, 100, 900);
	assert_true(axis_x(&a, 0) == 100.0);
	assert_true(axis_x(&a, 6000000000) > 899.9 && axis_x(&a, 6000000000) < 900.1);
	for (size_t i = 0; i + 1 < a.n; i++)
		assert_true(a.x[i + 1] - a.x[i] >= 18);
	assert_true(axis_x(&a, 1025) > axis_x(&a, 1000) && axis_x(&a, 1025) < axis_x(&a, 1050));
	/* The longest step is the widest. */
	assert_true(axis_x(&a, 4999999999) - axis_x(&a, 20000000) > 400);
}

/* ---- JSON ---- */

static void json_ends_in_a_summary(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_EXPECTED; i++) {
		struct json_object *o = NULL;
		size_t lines = 0;
		char *text, *rest, *line;

		open_episode(expected[i].name);
		text = rest = render(JSON);
		while ((line = strsep(&rest, "\n")) != NULL && line[0]) {
			json_object_put(o);
			o = json_tokener_parse(line);
			assert_non_null(o);
			assert_true(has(o, "record"));
			lines++;
		}
		assert_int_equal(lines, 2 + r.n_events + r.n_sends + r.n_losses + r.ended);
		assert_string_equal(text_in(o, "record"), "summary");
		assert_string_equal(text_in(o, "outcome"), outcome_name(expected[i].outcome));
		assert_string_equal(text_in(o, "meaning"), f.meaning);
		assert_true(number_in(o, "unsafe_overlaps") == (double)expected[i].overlaps);
		json_object_put(o);
		free(text);
	}
}

/* What comes out is an episode file, too, and means the same. */
static void json_can_be_read_again(void **state)
{
	char before[sizeof(f.meaning)], *text;

	(void)state;
	for (size_t i = 0; i < N_EXPECTED; i++) {
		open_episode(expected[i].name);
		snprintf(before, sizeof(before), "%s", f.meaning);
		text = render(JSON);
		assert_int_equal(parse(text, strlen(text), 0), 0);
		assert_string_equal(f.meaning, before);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_others_do_nothing),
		cmocka_unit_test(text_says_it_on_one_screen),
		cmocka_unit_test(colour_only_when_asked_for),
		cmocka_unit_test(html_needs_nothing_but_itself),
		cmocka_unit_test(html_is_well_formed),
		cmocka_unit_test(the_drawing_shows_it),
		cmocka_unit_test(thousands_are_merged_and_that_is_said),
		cmocka_unit_test(the_axis_keeps_the_order),
		cmocka_unit_test(json_ends_in_a_summary),
		cmocka_unit_test(json_can_be_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
