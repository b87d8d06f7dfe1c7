// SPDX-License-Identifier: GPL-2.0-only
/* "check": what this kernel can do, and what is missing. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "commands/commands.h"
#include "commands/options.h"
#include "kernel_side/attach.h"
#include "kernel_side/kside.h"
#include "log/log.h"
#include "log/printable.h"
#include "system/features.h"

static const struct argp_option table[] = {
	{ OPTION_JSON("Print one JSON object") },
	{ OPTION_CONFIG },
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

static void print_text(const struct config *config, const struct feature *features, size_t n,
		       enum level level)
{
	char files[1024];

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
	config_files_text(config, files, sizeof(files));
	printf("\nconfiguration: %s\nlevel: %s\n", files, level_name(level));
	print_why_not_higher(features, n, level);
}

static struct json_object *file_names(const struct config *config)
{
	struct json_object *list = json_object_new_array();

	for (char **f = config->files; *f; f++)
		json_object_array_add(list, json_text(*f));
	return list;
}

static void print_json(const struct config *config, const struct feature *features, size_t n,
		       enum level level)
{
	struct json_object *root = json_object_new_object(), *list = json_object_new_array();
	struct utsname name;

	uname(&name);
	json_object_object_add(root, "version", json_object_new_int(1));
	json_object_object_add(root, "kernel", json_text(name.release));
	json_object_object_add(root, "configuration", file_names(config));
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
	json_print(root);
	json_object_put(root);
}

/* Builds upon all the others: it takes the whole kernel side. */
static size_t add_layout(struct feature *features, size_t n, const struct config *config)
{
	struct feature *f = &features[n];

	if (n == FEATURES_MAX || features_level(features, n) < LEVEL_OBSERVE)
		return n;
	memset(f, 0, sizeof(*f));
	f->name = "layout of the kernel";
	f->needed_for = LEVEL_OBSERVE;
	kside_try(config, f);
	return n + 1;
}

int cmd_check(int argc, char **argv)
{
	struct options o = { .takes = TAKES_NOTHING };
	struct feature features[FEATURES_MAX];
	struct config config;
	enum level level;
	size_t n;

	if (options_read(&o, table, doc, argc, argv) || options_config(&o, &config))
		return EXIT_STATUS_USAGE;
	allow_list_get();
	n = features_probe(features, FEATURES_MAX);
	allow_list_put();
	n = add_layout(features, n, &config);
	level = features_level(features, n);
	if (o.json)
		print_json(&config, features, n, level);
	else
		print_text(&config, features, n, level);
	config_free(&config);
	return level >= LEVEL_USERSPACE ? EXIT_STATUS_DONE : EXIT_STATUS_KERNEL;
}
