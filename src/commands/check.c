// SPDX-License-Identifier: GPL-2.0-only
/* "check": what this kernel can do, and what is missing. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "commands/client.h"
#include "commands/commands.h"
#include "commands/fragment.h"
#include "commands/options.h"
#include "kernel_side/attach.h"
#include "kernel_side/kside.h"
#include "log/log.h"
#include "log/printable.h"
#include "system/features.h"

enum { KEY_KCONFIG = 256, KEY_LEVEL };

static const struct argp_option table[] = {
	{ OPTION_JSON("Print one JSON object") },
	{ "kconfig", KEY_KCONFIG, "FILE", OPTION_ARG_OPTIONAL,
	  "Print the kernel options that are missing, as a fragment of a kernel configuration: the "
	  "options that are missing in this kernel, or in FILE (the .config of a kernel build)",
	  0 },
	{ "level", KEY_LEVEL, "LEVEL", 0,
	  "With --kconfig: print the options for this level: userspace, observe or override "
	  "(default: override)",
	  0 },
	{ "all", 'a', NULL, 0, "With --kconfig: also print the options that are not missing", 0 },
	{ OPTION_CONFIG },
	{ 0 },
};

static const char doc[] =
	"Prints whether this kernel can be guarded, and whether the service guards it now. Tries each "
	"feature of the kernel that rpmsg-guard needs. For each missing feature it prints the reason "
	"and what to do."
	"\vThe level is how much the guard can do on this kernel: manual, userspace, observe or "
	"override. If the module rpmsg_guard_allow is installed, the command loads it for a moment. "
	"Run the command as root; only --kconfig does not need root.\n\n"
	"Examples:\n"
	"  rpmsg-guard check\n"
	"  rpmsg-guard check --json\n"
	"  rpmsg-guard check --kconfig >guard.cfg         for the next kernel build\n"
	"  rpmsg-guard check --kconfig=.config            before the kernel is built\n"
	"  rpmsg-guard check --kconfig --all --level observe\n\n"
	"Exit status: 0 this kernel can be guarded (level userspace or higher), 1 not root, so the "
	"kernel was not checked, 2 bad usage or configuration, 3 this kernel cannot be guarded (level "
	"manual). With --kconfig: 0 no option is missing, 2 bad usage or FILE cannot be used, 3 an "
	"option is missing.";

struct arguments {
	struct options shared;
	bool kconfig;
	const char *file; /* NULL: this kernel */
	const char *level_text;
	enum level level;
};

static enum level parse_level(const char *text, struct argp_state *state)
{
	for (enum level level = LEVEL_USERSPACE; level <= LEVEL_OVERRIDE; level++)
		if (strcmp(text, level_name(level)) == 0)
			return level;
	argp_error(state, "--level takes userspace, observe or override, not '%s'", text);
	return LEVEL_OVERRIDE;
}

static void check_options(const struct arguments *a, struct argp_state *state)
{
	if (!a->kconfig && (a->level_text || a->shared.all))
		argp_error(state, "%s is for --kconfig only", a->level_text ? "--level" : "--all");
	if (a->kconfig && a->shared.json)
		argp_error(state, "--kconfig and --json cannot be used together");
	if (a->file && a->shared.all)
		argp_error(state, "--all does not depend on a kernel, so --kconfig takes no FILE");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case KEY_KCONFIG:
		a->kconfig = true;
		a->file = arg;
		return 0;
	case KEY_LEVEL:
		a->level_text = arg;
		a->level = parse_level(arg, state);
		return 0;
	case ARGP_KEY_END:
		check_options(a, state);
		return 0;
	default:
		return options_parse(key, arg, state, &a->shared);
	}
}

static const struct argp argp = { .options = table, .parser = parse, .doc = doc };

/* ---- the configuration ---- */

static int print_missing(const struct arguments *a)
{
	struct probe p = { 0 };
	struct kconfig k;
	char err[512];
	size_t n;

	if (!a->file) {
		kconfig_of_this_kernel(&k);
		if (!k.text)
			probe_read_functions(&p);
	} else if (kconfig_of_file(&k, a->file, err, sizeof(err))) {
		log_error("%s", err);
		return EXIT_STATUS_USAGE;
	}
	p.kconfig = k.text;
	n = fragment_print_missing(stdout, &k, &p, a->level);
	kconfig_free(&k);
	return n ? EXIT_STATUS_KERNEL : EXIT_STATUS_DONE;
}

static int print_fragment(const struct arguments *a)
{
	if (!a->shared.all)
		return print_missing(a);
	fragment_print_all(stdout, a->level);
	return EXIT_STATUS_DONE;
}

/* ---- the service ---- */

enum answer { RUNS, ONLY_OBSERVES, IS_DEAD, DOES_NOT_ANSWER };

struct service_answer {
	enum answer answer;
	struct json_object *names; /* of the remote processors that it guards */
};

static bool only_observes(struct json_object *status)
{
	struct json_object *value;

	return json_object_object_get_ex(status, "observe_only", &value) &&
	       json_object_get_boolean(value);
}

/* ->names is to be put. */
static struct service_answer ask_service(void)
{
	struct service_answer s = { .answer = IS_DEAD, .names = json_object_new_array() };
	struct json_object *status, *rps, *name;
	const int err = status_ask(&status);

	if (err)
		s.answer = err == -ESRCH ? IS_DEAD : DOES_NOT_ANSWER;
	else
		s.answer = only_observes(status) ? ONLY_OBSERVES : RUNS;
	if (s.answer == RUNS && json_object_object_get_ex(status, "remoteprocs", &rps))
		for (size_t i = 0; i < json_object_array_length(rps); i++)
			if (json_object_object_get_ex(json_object_array_get_idx(rps, i), "name",
						      &name))
				json_object_array_add(s.names, json_object_get(name));
	json_object_put(status);
	return s;
}

static void print_service(const struct service_answer *s)
{
	switch (s->answer) {
	case RUNS:
		break;
	case ONLY_OBSERVES:
		puts("The guard is running with --observe: it holds no stop.");
		return;
	case IS_DEAD:
		printf("The guard is not running: start it with \"%s\".\n",
		       service_start_command());
		return;
	case DOES_NOT_ANSWER:
		puts("The guard is running, but it does not answer: restart it.");
		return;
	}
	fputs("The guard is running: ", stdout);
	for (size_t i = 0; i < json_object_array_length(s->names); i++)
		printf("%s%s", i ? ", " : "it guards ",
		       json_object_get_string(json_object_array_get_idx(s->names, i)));
	puts(json_object_array_length(s->names) ? "." : "it waits for a remote processor.");
}

static void print_level(enum level level)
{
	if (level == LEVEL_MANUAL)
		puts("This kernel cannot be guarded (level manual): only \"rpmsg-guard stop\" stops a "
		     "remote processor safely.");
	else
		printf("This kernel can be guarded at level %s.\n", level_name(level));
}

/* ---- the features ---- */

static void print_why_not_higher(const struct feature *features, size_t n, enum level level)
{
	const char *separator = " ";
	char options[256];

	if (level == LEVEL_OVERRIDE)
		return;
	printf("\nMissing for level %s:", level_name(level + 1));
	for (size_t i = 0; i < n; i++) {
		if (features[i].ok || features[i].needed_for != level + 1)
			continue;
		printf("%s%s", separator, features[i].name);
		separator = ", ";
	}
	puts(".");
	if (probe_missing_options(level + 1, options, sizeof(options)))
		printf("The kernel is built without %s: \"rpmsg-guard check --kconfig\" prints a "
		       "fragment for its configuration.\n",
		       options);
}

static void print_text(const struct config *config, const struct feature *features, size_t n,
		       enum level level)
{
	const struct service_answer service = ask_service();
	char files[1024];

	print_level(level);
	print_service(&service);
	json_object_put(service.names);
	config_files_text(config, files, sizeof(files));
	printf("Configuration: %s\n\n", files);
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
	const struct service_answer service = ask_service();
	struct utsname name;

	uname(&name);
	json_object_object_add(root, "version", json_object_new_int(1));
	json_object_object_add(root, "kernel", json_text(name.release));
	json_object_object_add(root, "configuration", file_names(config));
	json_object_object_add(root, "level", json_object_new_string(level_name(level)));
	json_object_object_add(root, "can_guard",
			       json_object_new_boolean(level >= LEVEL_USERSPACE));
	/* null: it runs, and does not answer. */
	json_object_object_add(root, "is_guarding",
			       service.answer == DOES_NOT_ANSWER
				       ? NULL
				       : json_object_new_boolean(service.answer == RUNS));
	json_object_object_add(root, "guards", service.names);
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

static int print_features(const struct arguments *a)
{
	struct feature features[FEATURES_MAX];
	struct config config;
	enum level level;
	size_t n;

	if (options_config(&a->shared, &config))
		return EXIT_STATUS_USAGE;
	if (geteuid() != 0) {
		log_error(
			"not root, so this kernel cannot be checked; run \"sudo rpmsg-guard check\"");
		config_free(&config);
		return EXIT_STATUS_FAILED;
	}
	allow_list_get();
	n = features_probe(features, FEATURES_MAX);
	allow_list_put();
	n = add_layout(features, n, &config);
	level = features_level(features, n);
	if (a->shared.json)
		print_json(&config, features, n, level);
	else
		print_text(&config, features, n, level);
	config_free(&config);
	return level >= LEVEL_USERSPACE ? EXIT_STATUS_DONE : EXIT_STATUS_KERNEL;
}

int cmd_check(int argc, char **argv)
{
	struct arguments a = { .shared.takes = TAKES_NOTHING, .level = LEVEL_OVERRIDE };

	if (options_read_by(&argp, &a, &a.shared, argc, argv))
		return EXIT_STATUS_USAGE;
	return options_end_output(a.kconfig ? print_fragment(&a) : print_features(&a));
}
