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
	[TAKES_NAME] = { "NAME", "one NAME only; '%s' is the second" },
	[TAKES_FILE] = { "[FILE]", "unexpected argument '%s'; there is one FILE" },
	[TAKES_FILE_OR_ID] = { "[FILE|ID]", "unexpected argument '%s'; there is one FILE or ID" },
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
			argp_error(state, "which remote processor? NAME is missing");
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

	return options_read_by(&argp, o, o, argc, argv);
}

int options_read_by(const struct argp *argp, void *input, const struct options *o, int argc,
		    char **argv)
{
	if (argp_parse(argp, argc, argv, 0, NULL, input))
		return EXIT_STATUS_USAGE;
	log_init(o->quiet ? LVL_WARNING : LVL_NOTICE, log_to_journal());
	log_name(argv[0]);
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

	if (n == 0) {
		log_error("there is no remote processor on this machine, so there is no '%s'",
			  name);
		free(all);
		return;
	}
	for (size_t i = 0; i < n && used < sizeof(text) - 128; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s (%s)",
					 i ? ", " : "", all[i].name, all[i].device_name);
	free(all);
	log_error("there is %s remote processor '%s'; choose from: %s",
		  err == -ENOTUNIQ ? "more than one" : "no", name, text);
}

int options_remoteproc(const struct options *o, struct remoteproc *rp)
{
	const int err = remoteproc_find(o->argument, rp);

	if (!err)
		return EXIT_STATUS_DONE;
	say_choices(o->argument, err);
	return EXIT_STATUS_USAGE;
}
