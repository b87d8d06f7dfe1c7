// SPDX-License-Identifier: GPL-2.0-only
#include <argp.h>
#include <json-c/json.h>
#include <stdio.h>
#include <sys/utsname.h>

#include "commands/commands.h"
#include "config/config.h"
#include "guard/attach.h"
#include "log/json_text.h"
#include "log/log.h"
#include "system/features.h"

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "Print one JSON object", 0 },
	{ "config", 'c', "FILE", 0, "Read this file instead of " CONFIG_PATH, 0 },
	{ 0 },
};

static const char doc[] =
	"Tries what rpmsg-guard needs of this kernel and says what is missing, why, and what to do "
	"about it.\vThe level says how much can be guarded: manual, userspace, observe or override. "
	"Tried as root; without the rights for it nothing can be found out. The module "
	"rpmsg_guard_allow is loaded for the moment when it is installed.\n\n"
	"Examples:\n"
	"  rpmsg-guard check\n"
	"  rpmsg-guard check --json\n\n"
	"Exit status: 0 stops are guarded (level userspace or above), 2 bad usage or configuration, "
	"3 the kernel cannot.";

struct arguments {
	bool json;
	const char *config;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'j':
		a->json = true;
		return 0;
	case 'c':
		a->config = arg;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument '%s'", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = { .options = options, .parser = parse_option, .doc = doc };

static void print_why_not_higher(const struct feature *features, size_t n, enum level level)
{
	const char *separator = " ";

	if (level == LEVEL_OVERRIDE)
		return;
	printf("for level %s:", level_name(level + 1));
	for (size_t i = 0; i < n; i++) {
		if (features[i].ok || features[i].needed_for != level + 1)
			continue;
		printf("%s%s", separator, features[i].name);
		separator = ", ";
	}
	printf(" missing\n");
}

static void print_text(const struct feature *features, size_t n, enum level level)
{
	for (size_t i = 0; i < n; i++) {
		const struct feature *f = &features[i];
		const bool optional = f->needed_for == LEVEL_MANUAL;

		printf("%-26s %-8s%s\n", f->name,
		       f->ok	  ? "ok"
		       : optional ? "absent"
				  : "missing",
		       f->reason);
		if (!f->ok)
			printf("%-26s   -> %s\n", "", f->remedy);
	}
	printf("\nlevel: %s\n", level_name(level));
	print_why_not_higher(features, n, level);
}

static void print_json(const struct feature *features, size_t n, enum level level)
{
	struct json_object *root = json_object_new_object(), *list = json_object_new_array();
	struct utsname name;

	uname(&name);
	json_object_object_add(root, "version", json_object_new_int(1));
	json_object_object_add(root, "kernel", json_text(name.release));
	json_object_object_add(root, "level", json_object_new_string(level_name(level)));
	json_object_object_add(root, "guarded", json_object_new_boolean(level >= LEVEL_USERSPACE));
	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_new_object();

		json_object_object_add(o, "name", json_object_new_string(features[i].name));
		json_object_object_add(o, "ok", json_object_new_boolean(features[i].ok));
		json_object_object_add(o, "reason", json_text(features[i].reason));
		json_object_object_add(
			o, "needed_for",
			features[i].needed_for == LEVEL_MANUAL
				? NULL
				: json_object_new_string(level_name(features[i].needed_for)));
		json_object_object_add(o, "remedy",
				       features[i].ok ? NULL
						      : json_object_new_string(features[i].remedy));
		json_object_array_add(list, o);
	}
	json_object_object_add(root, "features", list);
	puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY |
							  JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(root);
}

int cmd_check(int argc, char **argv)
{
	struct arguments a = { 0 };
	struct feature features[FEATURES_MAX];
	struct config config;
	enum level level;
	char err[512];
	bool loaded;
	size_t n;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	log_init(LVL_NOTICE, log_to_journal());
	if (config_load(a.config, &config, err, sizeof(err)) < 0) {
		log_error("%s", err);
		return EXIT_STATUS_USAGE;
	}
	loaded = config.load_allow_list && allow_list_load();
	n = features_probe(features, FEATURES_MAX);
	if (loaded)
		allow_list_unload();
	config_free(&config);
	level = features_level(features, n);
	if (a.json)
		print_json(features, n, level);
	else
		print_text(features, n, level);
	return level >= LEVEL_USERSPACE ? EXIT_STATUS_DONE : EXIT_STATUS_KERNEL;
}
