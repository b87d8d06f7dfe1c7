// SPDX-License-Identifier: GPL-2.0-only
/* The parser of command lines, the configuration and the remote processor that they name. */
#include "commands/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/journal_socket.h"
#include "log/log.h"

static const struct {
	const char *doc, *surplus;
} arguments[] = {
	[TAKES_NOTHING] = { NULL, "unexpected argument '%s': give only options" },
	[TAKES_NAME] = { "NAME", "give only one NAME; '%s' is the second" },
	[TAKES_FILE] = { "[FILE]", "unexpected argument '%s'; give only one FILE" },
	[TAKES_FILE_OR_ID] = { "[FILE|ID]", "unexpected argument '%s'; give only one FILE or ID" },
};

/* "remoteproc0 (imx-rproc), remoteproc1 (dsp)", or "" when there is none. */
static void list_choices(char *text, size_t len)
{
	struct remoteproc *all = calloc(REMOTEPROC_MAX, sizeof(*all));
	const size_t n = all ? remoteproc_list(all, REMOTEPROC_MAX) : 0;
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < n && used < len - 128; i++)
		used += (size_t)snprintf(text + used, len - used, "%s%s (%s)", i ? ", " : "",
					 all[i].name, all[i].device_name);
	free(all);
}

void options_name_missing(const struct argp_state *state)
{
	char text[1024];

	list_choices(text, sizeof(text));
	if (text[0])
		argp_error(state, "which remote processor? NAME is missing; choose from: %s", text);
	else
		argp_error(state, "which remote processor? NAME is missing; there is none on this "
				  "machine");
}

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
	case OPTION_KEY_PROMETHEUS:
		o->prometheus = true;
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
			options_name_missing(state);
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
	if (log_to_journal())
		journal_begin(JOURNAL_SOCKET);
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
	char text[1024];

	list_choices(text, sizeof(text));
	if (text[0])
		log_error("there is %s remote processor '%s'; choose from: %s",
			  err == -ENOTUNIQ ? "more than one" : "no", name, text);
	else
		log_error("there is no remote processor on this machine, so there is no '%s'",
			  name);
}

int options_remoteproc(const struct options *o, struct remoteproc *rp)
{
	const int err = remoteproc_find(o->argument, rp);

	if (!err)
		return EXIT_STATUS_DONE;
	say_choices(o->argument, err);
	return EXIT_STATUS_USAGE;
}

int options_end_output(int status)
{
	if (fflush(stdout) == 0)
		return status;
	log_error("standard output: %s", strerror(errno));
	return EXIT_STATUS_FAILED;
}
