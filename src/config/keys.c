// SPDX-License-Identifier: GPL-2.0-only
/* The table of the keys, and how the value of each kind is read. */
#include "config/keys.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const struct config_choice level_choices[] = {
	{ "auto", LEVEL_AUTO },	      { "override", LEVEL_OVERRIDE },
	{ "observe", LEVEL_OBSERVE }, { "userspace", LEVEL_USERSPACE },
	{ "manual", LEVEL_MANUAL },   { NULL, 0 },
};

static const struct config_choice timeout_choices[] = {
	{ "refuse", ON_TIMEOUT_REFUSE },
	{ "proceed", ON_TIMEOUT_PROCEED },
	{ NULL, 0 },
};

static const struct config_choice descriptor_choices[] = {
	{ "refuse", OOD_REFUSE },
	{ "kill", OOD_KILL },
	{ "proceed", OOD_PROCEED },
	{ NULL, 0 },
};

static const struct config_choice dead_send_choices[] = {
	{ "drop", DEAD_DROP },
	{ "fail", DEAD_FAIL },
	{ NULL, 0 },
};

/* What programs already know how to take from a write. */
static const struct config_choice errno_choices[] = {
	{ "ESHUTDOWN", ESHUTDOWN }, { "EPIPE", EPIPE },		{ "EIO", EIO },
	{ "ENODEV", ENODEV },	    { "EAGAIN", EAGAIN },	{ "ENXIO", ENXIO },
	{ "ENOTCONN", ENOTCONN },   { "ECANCELED", ECANCELED }, { NULL, 0 },
};

static const struct config_choice bool_choices[] = {
	{ "yes", true },
	{ "no", false },
	{ NULL, 0 },
};

static const struct config_choice no_units[] = { { "", 1 }, { NULL, 0 } };
static const struct config_choice sizes[] = { { "KiB", 1 << 10 }, { "MiB", 1 << 20 }, { NULL, 0 } };
static const struct config_choice durations[] = {
	{ "ms", 1 },
	{ "s", 1000 },
	{ "min", 60000 },
	{ NULL, 0 },
};

/* A whole number with one of the @units, of @min to @max. */
static bool read_number(const char *text, const struct config_choice *units, unsigned int min,
			unsigned int max, unsigned int *out)
{
	unsigned long number;
	unsigned int factor;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	number = strtoul(text, &end, 10);
	end += strspn(end, " \t");
	while (units->name && strcmp(end, units->name) != 0)
		units++;
	factor = (unsigned int)units->value;
	if (!units->name || errno || number > max / factor || number * factor < min)
		return false;
	*out = (unsigned int)number * factor;
	return true;
}

bool config_duration(const char *text, unsigned int *ms)
{
	return read_number(text, durations, 0, UINT_MAX, ms);
}

static bool set_number(const struct config_key *key, void *field, const char *value)
{
	return read_number(value, key->choices, key->min, key->max, field);
}

/* The fields are enums, which the compiler makes as large as an int. */
static bool set_choice(const struct config_key *key, void *field, const char *value)
{
	for (const struct config_choice *c = key->choices; c->name; c++) {
		if (strcmp(value, c->name) == 0) {
			*(int *)field = c->value;
			return true;
		}
	}
	return false;
}

static bool set_bool(const struct config_key *key, void *field, const char *value)
{
	int chosen;

	if (!set_choice(key, &chosen, value))
		return false;
	*(bool *)field = chosen;
	return true;
}

static bool are_paths(const char *value, const char *separators)
{
	bool good = *value != '\0';

	while (good && *value) {
		good = *value == '/';
		value += strcspn(value, separators);
		value += strspn(value, separators);
	}
	return good;
}

static bool set_paths(const struct config_key *key, void *field, const char *value)
{
	char **text = field;

	/* Only what stands in sections is a list. */
	if (!are_paths(value, key->place == KEY_SECTION ? " \t" : ""))
		return false;
	free(*text);
	*text = strdup(value);
	return *text;
}

#define FIELD(type, field) .offset = offsetof(type, field), .size = sizeof(((type *)NULL)->field)
#define GLOBAL(field) .place = KEY_GLOBAL, FIELD(struct config, field)
#define ANYWHERE(field) .place = KEY_ANYWHERE, FIELD(struct rproc_config, field)
#define SECTION(field) .place = KEY_SECTION, FIELD(struct rproc_config, field)
#define CHOICE(list, text) .set = set_choice, .choices = (list), .allowed = (text)
#define YES_OR_NO .set = set_bool, .choices = bool_choices, .allowed = "yes, no"
#define NUMBER(units, from, to, text)                                                              \
	.set = set_number, .choices = (units), .min = (from), .max = (to), .allowed = (text)
#define DURATION(from, to, text) NUMBER(durations, from, to, text ", as in 20s, 1500ms, 1min")
#define PATH .set = set_paths, .allowed = "an absolute path"

static const struct config_key keys[] = {
	{ "level", GLOBAL(want_level),
	  CHOICE(level_choices, "auto, override, observe, userspace, manual") },
	{ "btf_path", GLOBAL(btf_path), PATH },
	{ "refused_errno", GLOBAL(refused_errno),
	  CHOICE(errno_choices,
		 "ESHUTDOWN, EPIPE, EIO, ENODEV, EAGAIN, ENXIO, ENOTCONN, ECANCELED") },
	{ "dead_send", GLOBAL(dead_send), CHOICE(dead_send_choices, "drop, fail") },
	{ "episodes_dir", GLOBAL(episodes_dir), PATH },
	{ "episodes_max", GLOBAL(episodes_max), NUMBER(no_units, 0, 10000, "0 to 10000") },
	{ "episodes_size", GLOBAL(episodes_size),
	  NUMBER(sizes, 64 << 10, 1 << 30, "64KiB to 1024MiB, as in 8MiB, 512KiB") },
	{ "metrics_file", GLOBAL(metrics_file), PATH },
	{ "hold_timeout", ANYWHERE(hold_timeout_ms), DURATION(1000, 600000, "1s to 10min") },
	{ "close_timeout", ANYWHERE(close_timeout_ms), DURATION(100, 600000, "100ms to 10min") },
	{ "write_timeout", ANYWHERE(write_timeout_ms), DURATION(100, 600000, "100ms to 10min") },
	{ "on_timeout", ANYWHERE(on_timeout), CHOICE(timeout_choices, "refuse, proceed") },
	{ "on_open_descriptor", ANYWHERE(on_open_descriptor),
	  CHOICE(descriptor_choices, "refuse, kill, proceed") },
	{ "eject", ANYWHERE(eject), YES_OR_NO },
	{ "own_recovery", ANYWHERE(own_recovery), YES_OR_NO },
	{ "tty", SECTION(ttys), .set = set_paths,
	  .allowed = "absolute paths of device nodes, separated by spaces" },
};

const struct config_key *config_key_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(name, keys[i].name) == 0)
			return &keys[i];
	return NULL;
}

const struct config_key *config_key_at(size_t number)
{
	return number < ARRAY_SIZE(keys) ? &keys[number] : NULL;
}

bool config_key_is_retired(const char *name)
{
	/* Files of devices in the field still have these keys. */
	static const char *const retired[] = { "load_allow_list", "event_buffer", "kill_grace" };

	for (size_t i = 0; i < ARRAY_SIZE(retired); i++)
		if (strcmp(name, retired[i]) == 0)
			return true;
	return false;
}

bool config_key_fits(const struct config_key *key, bool in_section)
{
	return key->place == KEY_ANYWHERE || (key->place == KEY_SECTION) == in_section;
}

uint64_t config_key_bit(const struct config_key *key)
{
	return UINT64_C(1) << (key - keys);
}

bool config_key_set(const struct config_key *key, struct config *config,
		    struct rproc_config *settings, const char *value)
{
	char *base = key->place == KEY_GLOBAL ? (char *)config : (char *)settings;

	return key->set(key, base + key->offset, value);
}

/* Keys that may stand in both places are numbers and choices, nothing that somebody owns. */
void config_keys_inherit(struct rproc_config *settings, const struct rproc_config *defaults,
			 uint64_t own)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].place == KEY_ANYWHERE && !(own & config_key_bit(&keys[i])))
			memcpy((char *)settings + keys[i].offset,
			       (const char *)defaults + keys[i].offset, keys[i].size);
}
