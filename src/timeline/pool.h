/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Strings of an episode: cleaned once, where they are read, so that no renderer has to think of
 * what others chose to call themselves, and each kept once.
 */
#ifndef RPMSG_GUARD_TIMELINE_POOL_H
#define RPMSG_GUARD_TIMELINE_POOL_H

#include <stddef.h>

/* Longer ones are cut and end in "...". */
#define POOL_STRING_MAX 1024

/* All zero is an empty one. */
struct pool {
	void *tree;
};

/*
 * The @len bytes at @bytes as printable() leaves them. NULL when there is no memory. Valid until
 * pool_free().
 */
const char *pool_clean(struct pool *pool, const char *bytes, size_t len);

void pool_free(struct pool *pool);

#endif
