/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list of episodes: one line or one JSON object for each.
 */
#ifndef RPMSG_GUARD_COMMANDS_EPISODE_LIST_H
#define RPMSG_GUARD_COMMANDS_EPISODE_LIST_H

#include <stdio.h>

#include "timeline/findings.h"

struct json_object;

#define EPISODE_COLUMNS 8

struct episode_list {
	char *(*rows)[EPISODE_COLUMNS];
	size_t n;
};

/* The first row is the heading. Returns 0 or -ENOMEM; episode_list_free() in either case. */
int episode_list_begin(struct episode_list *list);
int episode_list_add(struct episode_list *list, const struct recording *r);
void episode_list_free(struct episode_list *list);

/* Aligned, never cut: a line can be as long as its reason. */
void episode_list_print(FILE *out, const struct episode_list *list);

/* What --json has of one episode in the file @path; to be put by the caller. NULL without memory. */
struct json_object *episode_json(const struct recording *r, const char *path);

#endif
