// SPDX-License-Identifier: GPL-2.0-only
/* The parser of command lines, the configuration and the remote processor that they name. */
#include "commands/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "log/log.h"

static const struct {
	const char *doc, *surplus;
} arguments[] = {
	[TAKES_NOTHING] = { NULL, "unexpected argument '%s'" },
	[TAKES_NAME] = { "NAME", "give only one NAME; '%s' is the second" },
	[TAKES_FILE] = { "[FILE]", "unexpected argument '%s'; give only one FILE" },
	[TAKES_FILE_OR_ID] = { "[FILE|ID]", "unexpected argument '%s'; give only one FILE or ID" },
};

error_t options_parse(int key, char *arg, struct argp_state *state, struct options *o)
{
	switch (key) {
	case 'a':
		o->all = true;
		return 0;
	case 'c':
		o->config = arg;
		return 0;
	case 'j':
		o->json = true;
		return 0;
	case 'o':
		o->observe = true;
		return 0;
	case 'q':
		o->quiet = true;
		return 0;
	case 's':
		o->supervise = true;
		return 0;
	case 'v':
		o->verbose++;
		return 0;
	case ARGP_KEY_ARG:
		if (o->takes == TAKES_NOTHING || o->argument)
			argp_error(state, arguments[o->takes].surplus, arg);
		o->argument = arg;
		return 0;
	case ARGP_KEY_END:
		if (o->takes == TAKES_NAME && !o->argument)
			argp_error(state, "NAME of the remote processor is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	return options_parse(key, arg, state, state->input);
}

int options_read(struct options *o, const struct argp_option *table, const char *doc, int argc,
		 char **argv)
{
	const struct argp argp = {
		.options = table, .parser = parse, .args_doc = arguments[o->takes].doc, .doc = doc
	};

	if (argp_parse(&argp, argc, argv, 0, NULL, o))
		return EXIT_STATUS_USAGE;
	log_init(o->quiet ? LVL_WARNING : LVL_NOTICE, log_to_journal());
	return EXIT_STATUS_DONE;
}

int options_config(const struct options *o, struct config *config)
{
	char err[512];

	if (!config_load(o->config, config, err, sizeof(err)))
		return EXIT_STATUS_DONE;
	log_error("%s", err);
	return EXIT_STATUS_USAGE;
}

static void say_choices(const char *name, int err)
{
	struct remoteproc *all = calloc(REMOTEPROC_MAX, sizeof(*all));
	size_t n = all ? remoteproc_list(all, REMOTEPROC_MAX) : 0;
	char text[1024] = "";
	size_t used = 0;

	for (size_t i = 0; i < n && used < sizeof(text) - 128; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s (%s)",
					 i ? ", " : "", all[i].name, all[i].device_name);
	free(all);
	log_error("%s remote processor '%s'; there %s: %s",
		  err == -ENOTUNIQ ? "more than one" : "no", name, n == 1 ? "is" : "are",
		  n ? text : "none");
}

int options_remoteproc(const struct options *o, struct remoteproc *rp)
{
	const int err = remoteproc_find(o->argument, rp);

	if (!err)
		return EXIT_STATUS_DONE;
	say_choices(o->argument, err);
	return EXIT_STATUS_USAGE;
}
