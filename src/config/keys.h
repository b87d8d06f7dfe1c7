/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The keys of the configuration file: names, values, places.
 */
#ifndef RPMSG_GUARD_CONFIG_KEYS_H
#define RPMSG_GUARD_CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"

enum key_place {
	KEY_GLOBAL,   /* before the first section */
	KEY_ANYWHERE, /* there for all, in a section for one remote processor */
	KEY_SECTION,
};

struct config_key {
	const char *name;
	enum key_place place;
	const char *allowed; /* for the message about a bad value */
	bool (*set)(const struct config_key *key, void *field, const char *value);
	size_t offset, size;   /* of the field in struct config or struct rproc_config */
	unsigned int min, max; /* of a number; a duration is in ms, a size in bytes */
	const struct config_choice *choices; /* or the units of a number, up to a NULL */
};

struct config_choice {
	const char *name;
	int value;
};

/* NULL when there is none of that name. */
const struct config_key *config_key_find(const char *name);

/* All keys, by number; NULL behind the last. */
const struct config_key *config_key_at(size_t number);

/* The key that @name was most likely meant to be, or NULL when @name is like none. */
const struct config_key *config_key_nearest(const char *name);

/* Whether former versions had a key @name. It may stand anywhere, with any value, and does nothing. */
bool config_key_is_retired(const char *name);

bool config_key_fits(const struct config_key *key, bool in_section);
uint64_t config_key_bit(const struct config_key *key);

/* Whether @value was good. */
bool config_key_set(const struct config_key *key, struct config *config,
		    struct rproc_config *settings, const char *value);

/* Gives @settings of a section what @defaults say, but for the keys in @own, which the section sets. */
void config_keys_inherit(struct rproc_config *settings, const struct rproc_config *defaults,
			 uint64_t own);

/* "500ms", "20s", "1min" to milliseconds; false for anything else. */
bool config_duration(const char *text, unsigned int *ms);

#endif
