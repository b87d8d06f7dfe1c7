// SPDX-License-Identifier: GPL-2.0-only
/* No text in a drawing of an episode lies on another one or sticks out, however narrow the drawing is. */
#include "pages.h"
#include "timeline/labels.h"

/* The narrowest drawing, in pixels. */
#define NARROW 320.0
#define TEXTS_MAX 256

struct box {
	double left, right, top, bottom;
	char text[64];
};

static double tag_number(const char *tag, const char *name, double missing)
{
	char key[32];
	const char *found, *end = strchr(tag, '>');

	snprintf(key, sizeof(key), " %s=\"", name);
	found = strstr(tag, key);
	return found && found < end ? strtod(found + strlen(key), NULL) : missing;
}

static bool says(const char *tag, const char *what)
{
	const char *found = strstr(tag, what);

	return found && found < strchr(tag, '>');
}

/* An entity is one letter; one of another alphabet is as wide as two. */
static double letters(const char *text)
{
	double n = 0;

	for (; *text; text++) {
		const unsigned char c = (unsigned char)*text;

		n += c < 0x80 ? 1 : (c & 0xc0) == 0x80 ? 0 : 2;
		if (c == '&')
			text += strcspn(text, ";");
	}
	return n;
}

static struct box box_of(const char *tag)
{
	const bool bold = says(tag, "own") || says(tag, "flag");
	const double x = tag_number(tag, "x", 0) * NARROW / 100 + tag_number(tag, "dx", 0);
	const double y = tag_number(tag, "y", -1);
	const char *content = strchr(tag, '>') + 1;
	struct box box = { .top = y - 9, .bottom = y + 2 };
	char text[1024];
	double width;

	if (strncmp(content, "<title>", 7) == 0)
		content = place_of(content, "</title>") + 8;
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(content, "<"), content);
	snprintf(box.text, sizeof(box.text), "%.40s", text);
	width = letters(text) * (bold ? 7.0 : 6.4);
	box.left = says(tag, "\"end\"") ? x - width : says(tag, "\"middle\"") ? x - width / 2 : x;
	box.right = box.left + width;
	return box;
}

static size_t boxes_of(const char *svg, struct box boxes[TEXTS_MAX])
{
	const char *end = place_of(svg, "\n</svg>");
	size_t n = 0;

	for (const char *c = strstr(svg, "<text"); c && c < end; c = strstr(c + 1, "<text")) {
		assert_true(n < TEXTS_MAX);
		boxes[n++] = box_of(c);
	}
	return n;
}

static bool overlap(const struct box *a, const struct box *b)
{
	return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static void check_boxes(const char *name, const char *svg)
{
	struct box boxes[TEXTS_MAX];
	const size_t n = boxes_of(svg, boxes);
	const double height = tag_number(svg, "height", 0);

	assert_true(n > 0);
	for (size_t i = 0; i < n; i++) {
		if (boxes[i].left < -1 || boxes[i].right > NARROW + 1 || boxes[i].top < 0 ||
		    boxes[i].bottom > height)
			fail_msg("%s: '%s' sticks out: %.1f to %.1f", name, boxes[i].text,
				 boxes[i].left, boxes[i].right);
		for (size_t k = 0; k < i; k++)
			if (overlap(&boxes[i], &boxes[k]))
				fail_msg("%s: '%s' is on '%s'", name, boxes[i].text, boxes[k].text);
	}
}

static void no_text_lies_on_another(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ALL; i++) {
		const char *name = open_any(i);
		char *html = render(HTML);

		for (const char *svg = strstr(html, "<svg width=\"100%\""); svg;
		     svg = strstr(svg + 1, "<svg width=\"100%\""))
			check_boxes(name, svg);
		free(html);
	}
}

static void assert_apart(const struct label *labels, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_true(label_left(&labels[i]) >= 0 && label_right(&labels[i]) <= 100);
		for (size_t k = 0; k < i; k++)
			assert_true(labels[i].row != labels[k].row ||
				    label_left(&labels[i]) >= label_right(&labels[k]) ||
				    label_left(&labels[k]) >= label_right(&labels[i]));
	}
}

/* Wherever the moments are. */
static void labels_find_a_place(void **state)
{
	struct label labels[LABELS_MAX];

	(void)state;
	for (int spread = 0; spread <= 100; spread++)
		for (int from = 0; from + spread <= 100; from++) {
			size_t rows;

			for (size_t i = 0; i < LABELS_MAX; i++)
				labels[i] = (struct label){
					.x = from + spread * (double)i / (LABELS_MAX - 1),
					.width = label_width(i % 2 ? "drained" : "ttys hung up"),
				};
			rows = labels_place(labels, LABELS_MAX);
			assert_in_range(rows, 1, LABELS_MAX);
			assert_apart(labels, LABELS_MAX);
		}
}

/* Where there is room, no line of a label goes through another one. */
static void labels_are_stairs(void **state)
{
	struct label labels[4] = { { .x = 5, .width = 30 },
				   { .x = 6, .width = 30 },
				   { .x = 7, .width = 30 },
				   { .x = 60, .width = 30 } };

	(void)state;
	assert_int_equal(labels_place(labels, 4), 3);
	assert_int_equal(labels[0].row, 0);
	assert_int_equal(labels[1].row, 1);
	assert_int_equal(labels[2].row, 2);
	assert_int_equal(labels[3].row, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_text_lies_on_another),
		cmocka_unit_test(labels_find_a_place),
		cmocka_unit_test(labels_are_stairs),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
