// SPDX-License-Identifier: GPL-2.0-only
#include "timeline/pool.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "log/printable.h"

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

const char *pool_clean(struct pool *pool, const char *bytes, size_t len)
{
	static const char cut[] = "...";
	char text[POOL_STRING_MAX + 1];
	char *copy;
	char **node;

	if (printable(text, sizeof(text) - strlen(cut), bytes, len) < len)
		strcat(text, cut);
	node = tfind(text, &pool->tree, compare);
	if (node)
		return *node;
	copy = strdup(text);
	if (!copy)
		return NULL;
	node = tsearch(copy, &pool->tree, compare);
	if (!node)
		free(copy);
	return node ? *node : NULL;
}

void pool_free(struct pool *pool)
{
	tdestroy(pool->tree, free);
	pool->tree = NULL;
}
