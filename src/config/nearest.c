// SPDX-License-Identifier: GPL-2.0-only
/* Finds the key that a misspelt name was meant to be. */
#include <string.h>

#include "config/keys.h"

/* Longer than every key; a longer name is no misspelt one. */
#define NAME_MAX_LEN 32

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/*
 * How many letters must be put in, taken out or replaced, or exchanged with the next letter, to make @b of
 * @a. Row i of the table has the distances of the first i letters of @a from the beginnings of @b.
 */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[NAME_MAX_LEN + 1][NAME_MAX_LEN + 1];
	const size_t n = strlen(a), m = strlen(b);

	for (size_t i = 0; i <= n; i++) {
		for (size_t j = 0; j <= m; j++) {
			if (!i || !j) {
				row[i][j] = (unsigned int)(i + j);
				continue;
			}
			row[i][j] = least(row[i - 1][j - 1] + (a[i - 1] != b[j - 1]),
					  least(row[i - 1][j], row[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[i][j] = least(row[i][j], row[i - 2][j - 2] + 1);
		}
	}
	return row[n][m];
}

const struct config_key *config_key_nearest(const char *name)
{
	const struct config_key *key, *nearest = NULL;
	const size_t len = strlen(name);
	/* With half of its letters changed, it is another word. */
	unsigned int best = (unsigned int)len / 2 + 1;

	if (len > NAME_MAX_LEN)
		return NULL;
	for (size_t i = 0; (key = config_key_at(i)); i++) {
		const unsigned int d = distance(name, key->name);

		if (d < best) {
			best = d;
			nearest = key;
		}
	}
	return nearest;
}
