// SPDX-License-Identifier: GPL-2.0-only
/* Places labels in rows. */
#include "timeline/labels.h"

#include "log/printable.h"
#include "timeline/axis.h"

/* Of the widest common font at 11 pixels, in bold. */
#define LETTER 7.0
#define GAP 5.0

double label_width(const char *text)
{
	return ((double)utf8_length(text) * LETTER + GAP) * AXIS_PIXEL;
}

double label_left(const struct label *l)
{
	return l->before ? l->x - l->width : l->x;
}

double label_right(const struct label *l)
{
	return l->before ? l->x : l->x + l->width;
}

static bool overlap(const struct label *a, const struct label *b)
{
	return label_left(a) < label_right(b) && label_left(b) < label_right(a);
}

/* The line of @upper goes through @lower. */
static bool is_crossed(const struct label *lower, const struct label *upper)
{
	return upper->x > label_left(lower) && upper->x < label_right(lower);
}

/* @strict: nor may a line go through a label. */
static bool fits(const struct label *labels, size_t n, const struct label *l, bool strict)
{
	for (size_t i = 0; i < n; i++) {
		const struct label *other = &labels[i];

		if (other->row == l->row && overlap(other, l))
			return false;
		if (!strict)
			continue;
		if (other->row > l->row ? is_crossed(other, l)
					: other->row < l->row && is_crossed(l, other))
			return false;
	}
	return true;
}

/* With @n rows there is always one that has no label yet. */
static void place(struct label *labels, size_t n, struct label *l)
{
	for (int strict = 1; strict >= 0; strict--)
		for (l->row = 0; l->row <= n; l->row++)
			if (fits(labels, n, l, strict))
				return;
}

size_t labels_place(struct label *labels, size_t n)
{
	size_t rows = 0;

	for (size_t i = 0; i < n; i++) {
		struct label *l = &labels[i];

		l->before = l->x + l->width > 100;
		place(labels, i, l);
		rows = l->row + 1 > rows ? l->row + 1 : rows;
	}
	return rows;
}
