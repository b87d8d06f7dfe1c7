/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the names of moments stand above a drawing: in rows, so that no two of them overlap. Each has a
 * line down to its moment.
 */
#ifndef RPMSG_GUARD_TIMELINE_LABELS_H
#define RPMSG_GUARD_TIMELINE_LABELS_H

#include <stdbool.h>
#include <stddef.h>

#define LABELS_MAX 8

struct label {
	double x;     /* of the moment, in percent */
	double width; /* of the text, in percent of the narrowest drawing */
	/* Set by labels_place(). */
	size_t row;  /* 0 is the highest */
	bool before; /* the text ends at @x; otherwise it begins there */
};

/* How wide a text is in the narrowest drawing at most, in percent. */
double label_width(const char *text);

/* From where to where a label that was placed reaches. */
double label_left(const struct label *l);
double label_right(const struct label *l);

/* At most LABELS_MAX labels, in the order of their moments. Returns how many rows they take. */
size_t labels_place(struct label *labels, size_t n);

#endif
