/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What lies in the directory of episodes: read once, then kept up to date by whoever writes there. Not
 * safe to be used by several threads at once.
 */
#ifndef RPMSG_GUARD_TIMELINE_STORE_DIR_H
#define RPMSG_GUARD_TIMELINE_STORE_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EPISODE_ID_MAX 80

struct store_entry {
	char id[EPISODE_ID_MAX];
	char result[24]; /* "" while it is being written, and when it was cut off */
	uint64_t bytes;
	bool writing;
};

struct store_dir {
	struct store_entry *entries; /* oldest first */
	size_t n, room;
};

/* Finds the episodes in @path, if there is such a directory. */
void store_dir_read(struct store_dir *d, const char *path);
void store_dir_free(struct store_dir *d);

/* One above the highest number at the end of an id. */
unsigned long store_dir_next_number(const struct store_dir *d);

/* False without memory. */
bool store_dir_add(struct store_dir *d, const char *id);
struct store_entry *store_dir_find(const struct store_dir *d, const char *id);
void store_dir_remove(struct store_dir *d, const char *id);

/*
 * Takes the oldest one that is not being written off the list, if there are more than @max or they
 * have more than @size bytes. Returns whether there was one, its id in @id.
 */
bool store_dir_take_surplus(struct store_dir *d, size_t max, uint64_t size, char *id);

#endif
